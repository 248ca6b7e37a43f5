//! What the command line and the screen say in the same words.

use std::path::Path;

use super::manifest::MANIFEST;
use super::shelf::Notice;
use crate::app::words;

/// Why an archive cannot be opened that another program has open.
pub fn in_use(folder: &Path) -> String {
    format!(
        "another download is under way in {}, or a deletion by its manifest: wait until it has ended, or name another folder",
        folder.display()
    )
}

impl Notice {
    /// For people, of the archive in `folder`.
    pub fn words(&self, folder: &Path) -> String {
        let shown = folder.display();
        match self {
            Self::OpenToOthers(mode) => format!(
                "{shown} is open to others than its owner ({mode:03o} of its mode): chmod 700 closes it, where the file system has modes"
            ),
            Self::NoRename => format!(
                "the file system of {shown} cannot rename files: they are copied, and a crash may leave half a file; callreel verify finds it"
            ),
            Self::DamagedLines(lines) => format!(
                "{} of {} cannot be read, the first is line {}: their recordings are looked at anew",
                words::counted(lines.len() as u64, "line", "lines"),
                folder.join(MANIFEST).display(),
                lines.first().copied().unwrap_or(0)
            ),
            Self::Short { id, flaw } => format!(
                "{id} is archived as it came: {flaw}. Once it is removed from {shown}, the next download fetches it anew"
            ),
        }
    }
}
