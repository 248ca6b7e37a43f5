//! The archives that are handed out, as `make dist` has packed them: whole, with all that belongs into them, and with a program
//! that asks nothing of the system it runs on. `scripts/dist` runs this, with their folder in `CALLREEL_DIST`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails the test"
)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// All that is in an archive besides folders, with the mode of each.
const FILES: [(&str, u32); 10] = [
    ("CHANGELOG.md", 0o644),
    ("LICENSE-APACHE", 0o644),
    ("LICENSE-MIT", 0o644),
    ("README.md", 0o644),
    ("SECURITY.md", 0o644),
    ("callreel", 0o755),
    ("callreel.1", 0o644),
    ("completions/callreel.bash", 0o644),
    ("completions/callreel.fish", 0o644),
    ("completions/callreel.zsh", 0o644),
];

fn folder() -> PathBuf {
    let folder = std::env::var_os("CALLREEL_DIST");
    PathBuf::from(folder.unwrap_or_else(|| panic!("CALLREEL_DIST names no folder: run make dist")))
}

/// The two archives: the full program, and the one without sound cards.
fn archives() -> [PathBuf; 2] {
    let entries = fs::read_dir(folder()).unwrap();
    let mut packed: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "gz"))
        .collect();
    packed.sort_by_key(|path| is_headless(path));
    let [full, headless] = <[_; 2]>::try_from(packed).unwrap();
    assert!(!is_headless(&full) && is_headless(&headless));
    [full, headless]
}

fn is_headless(archive: &Path) -> bool {
    name(archive).ends_with("-headless")
}

/// An archive's name without its ending, which is that of the one folder in it too.
fn name(archive: &Path) -> &str {
    let file = archive.file_name().unwrap().to_str().unwrap();
    file.strip_suffix(".tar.gz").unwrap()
}

fn run(program: &str, arguments: &[&std::ffi::OsStr]) -> String {
    text(&Command::new(program).args(arguments).output().unwrap())
}

/// What a program printed that did what it should.
fn text(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// An archive taken apart.
struct Unpacked {
    _outside: tempfile::TempDir,
    folder: PathBuf,
}

fn unpack(archive: &Path) -> Unpacked {
    let outside = tempfile::tempdir().unwrap();
    let arguments = ["-xzpf".as_ref(), archive.as_os_str(), "-C".as_ref()];
    run(
        "tar",
        &[&arguments[..], &[outside.path().as_os_str()]].concat(),
    );
    let folder = outside.path().join(name(archive));
    Unpacked {
        _outside: outside,
        folder,
    }
}

impl Unpacked {
    fn program(&self) -> PathBuf {
        self.folder.join("callreel")
    }
}

#[test]
#[ignore = "needs the archives that `make dist` packs"]
fn the_checksums_are_those_of_the_archives() {
    let told = fs::read_to_string(folder().join("SHA256SUMS")).unwrap();
    let told: BTreeSet<_> = told.lines().map(str::to_owned).collect();
    let found = archives().map(|archive| {
        let digest = ring::digest::digest(&ring::digest::SHA256, &fs::read(&archive).unwrap());
        let hex = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
        // As `sha256sum --check` reads it.
        format!("{}  {}.tar.gz", hex.collect::<String>(), name(&archive))
    });
    assert_eq!(told, found.into());
}

#[test]
#[ignore = "needs the archives that `make dist` packs"]
fn an_archive_holds_the_program_and_all_that_explains_it() {
    for archive in archives() {
        let unpacked = unpack(&archive);
        let mut found = BTreeSet::new();
        for folder in ["", "completions"] {
            for entry in fs::read_dir(unpacked.folder.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                let about = path.symlink_metadata().unwrap();
                if about.is_file() {
                    let name = path.strip_prefix(&unpacked.folder).unwrap();
                    let name = name.to_str().unwrap().to_owned();
                    found.insert((name, about.permissions().mode() & 0o7777));
                    continue;
                }
                assert!(about.is_dir() && path.ends_with("completions"), "{path:?}");
            }
        }
        let wanted: BTreeSet<_> = FILES.map(|(name, mode)| (name.to_owned(), mode)).into();
        assert_eq!(found, wanted, "{}", archive.display());
        // Nothing beside the folder, and nothing of who packed it.
        let listed = run(
            "tar",
            &[
                "--numeric-owner".as_ref(),
                "-tvzf".as_ref(),
                archive.as_os_str(),
            ],
        );
        assert_eq!(listed.lines().count(), FILES.len() + 2, "{listed}");
        for line in listed.lines() {
            assert_eq!(line.split_whitespace().nth(1), Some("0/0"), "{line}");
        }
    }
}

#[test]
#[ignore = "needs the archives that `make dist` packs"]
fn what_an_archive_says_is_said_of_the_program_in_it() {
    let version = env!("CARGO_PKG_VERSION");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for archive in archives() {
        assert!(name(&archive).starts_with(&format!("callreel-{version}-")));
        let unpacked = unpack(&archive);
        let program = unpacked.program();
        let said =
            |arguments: &[&str]| text(&Command::new(&program).args(arguments).output().unwrap());
        let lies = |file: &str| fs::read_to_string(unpacked.folder.join(file)).unwrap();
        assert_eq!(said(&["--version"]), format!("callreel {version}\n"));
        assert!(lies("callreel.1") == said(&["man"]));
        for shell in ["bash", "zsh", "fish"] {
            let file = format!("completions/callreel.{shell}");
            assert!(lies(&file) == said(&["completions", shell]), "{file}");
        }
        for (file, _) in FILES {
            if let Ok(ours) = fs::read_to_string(here.join(file)) {
                assert!(lies(file) == ours, "{file}");
            }
        }
    }
}

/// Elsewhere the system's own libraries stay outside.
#[cfg(target_os = "linux")]
mod linux {
    use super::*;

    use callreel::emulator::{self, Options};

    #[test]
    #[ignore = "needs the archives that `make dist` packs"]
    fn the_static_program_needs_no_library() {
        let [full, headless] = archives().map(|archive| unpack(&archive));
        let read = |unpacked: &Unpacked| {
            let program = unpacked.program();
            let arguments = ["--wide", "--dynamic", "--program-headers"].map(std::ffi::OsStr::new);
            run(
                "readelf",
                &[&arguments[..], &[program.as_os_str()]].concat(),
            )
        };
        // Not ldd, which runs what it looks at where it can be run at all. The other program shows that it would be seen.
        for (unpacked, needs) in [(&full, true), (&headless, false)] {
            let told = read(unpacked);
            assert!(told.contains("LOAD"), "{told}");
            for word in ["(NEEDED)", "INTERP"] {
                assert_eq!(told.contains(word), needs, "{word}: {told}");
            }
        }
    }

    /// A folder with the static program in it and nothing else, which is the root of what runs there.
    struct EmptyRoot(tempfile::TempDir);

    impl EmptyRoot {
        fn new() -> Self {
            let [_, headless] = archives();
            let root = tempfile::tempdir().unwrap();
            let unpacked = unpack(&headless);
            fs::copy(unpacked.program(), root.path().join("callreel")).unwrap();
            Self(root)
        }

        fn callreel(&self, arguments: &[&str]) -> Command {
            // A namespace of its own where only that is allowed, so that no root is needed.
            let mut command = match rustix::process::geteuid().is_root() {
                true => Command::new("chroot"),
                false => {
                    let mut command = Command::new("unshare");
                    command.args(["--map-root-user", "chroot"]);
                    command
                }
            };
            command.arg(self.0.path()).arg("/callreel").args(arguments);
            // Nothing of the environment but where the two above are found: chroot is often where only root looks.
            let path = std::env::var("PATH").unwrap_or_default();
            command
                .env_clear()
                .env("PATH", format!("{path}:/usr/sbin:/sbin"));
            command
        }
    }

    #[test]
    #[ignore = "needs the archives that `make dist` packs"]
    fn it_works_in_an_empty_root() {
        let root = EmptyRoot::new();
        let version = root.callreel(&["--version"]).output().unwrap();
        assert_eq!(
            text(&version),
            concat!("callreel ", env!("CARGO_PKG_VERSION"), "\n")
        );
        // An account in it, asked by it.
        let nobody = ["get", "--demo", "00000000-0000-0000-0000-000000000000"];
        let nobody = root.callreel(&nobody).output().unwrap();
        let said = String::from_utf8(nobody.stderr).unwrap();
        assert!(
            !nobody.status.success() && said.contains("\"status\":404"),
            "{said}"
        );

        // Another one on this machine: its whole list, and the sound of one of it.
        let options = Options {
            recordings: 60,
            ..Options::default()
        };
        let emulator = emulator::start(options).unwrap();
        let rows = emulator.recordings(0, 60);
        let id = |at: usize| rows[at]["recording_id"].as_str().unwrap();
        let asking = |arguments: &[&str]| {
            let mut command = root.callreel(arguments);
            command
                .env("CALLREEL_API_URL", emulator.url())
                .env("PLIVO_AUTH_ID", emulator.auth_id())
                .env("PLIVO_AUTH_TOKEN", emulator.auth_token());
            text(&command.output().unwrap())
        };
        let listed = asking(&["list", "--all", "--output", "ndjson"]);
        let listed: Vec<serde_json::Value> = listed
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let listed: Vec<_> = listed
            .iter()
            .map(|row| row["recording_id"].as_str().unwrap())
            .collect();
        assert_eq!(listed, (0..rows.len()).map(id).collect::<Vec<_>>());
        // A wav of ten seconds, the end of it.
        let end = format!("{}@0:09.5", id(4));
        assert_eq!(asking(&["play", "--sink", "null", &end]), "");
    }
}
