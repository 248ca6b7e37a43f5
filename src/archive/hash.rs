//! SHA-256, of what comes and of what is there.

use std::fmt::Write;
use std::fs::File;
use std::io::{self, Read, Seek};

use ring::digest::{Context, SHA256, digest};

/// Of bytes that come one after the other.
#[derive(Clone)]
pub(super) struct Hash(Context);

impl Hash {
    pub(super) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// In hexadecimal.
    pub(super) fn finish(self) -> String {
        hex(self.0.finish().as_ref())
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hash")
    }
}

/// Of some bytes, in hexadecimal.
pub(crate) fn of(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

/// The first half of the hash, by which texts are told apart where millions of them would take too much room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Short([u8; 16]);

impl Short {
    pub(super) fn of(text: &str) -> Self {
        let hash = digest(&SHA256, text.as_bytes());
        // SHA-256 has 32 bytes.
        Self(hash.as_ref().first_chunk().copied().unwrap_or_default())
    }
}

/// Of a file from its start on, and how many bytes it has.
///
/// # Errors
/// As the system says.
pub(super) fn of_file(file: &mut File) -> io::Result<(Hash, u64)> {
    file.rewind()?;
    let (mut hash, mut bytes) = (Hash::new(), 0);
    let mut block = vec![0; 256 << 10];
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok((hash, bytes)),
            Ok(read) => {
                hash.add(block.get(..read).unwrap_or_default());
                bytes += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn files_and_pieces_have_the_hash_of_the_standard() {
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(of(b"abc"), abc);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"abc").unwrap();
        let (hash, bytes) = of_file(&mut file).unwrap();
        assert_eq!((hash.finish().as_str(), bytes), (abc, 3));
    }
}
