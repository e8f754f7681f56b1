//! Reads one source file, and says in a sentence why when it cannot.

use std::fmt;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// The largest file that is read, in bytes.
pub(crate) const MAX_BYTES: u64 = 20 * 1024 * 1024;

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReadError {
    /// There is no such file.
    NotFound,
    /// The user may not read it.
    Denied,
    /// It is a folder, a device or the like.
    NotAFile,
    /// It is larger than [`MAX_BYTES`].
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// It is not UTF-8.
    NotUtf8 {
        /// The first byte that is not.
        offset: usize,
        /// Its line, counted from 1.
        line: usize,
    },
    /// Anything else that the system reported.
    Other(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("There is no such file or folder. Check the spelling and the folder you are in."),
            Self::Denied => f.write_str("No permission to read this file, so it was left out. Make it readable, or name it in .ignore."),
            Self::NotAFile => f.write_str("This is not a regular file, so it was not read."),
            Self::TooLarge { bytes } => write!(
                f,
                "This file has {} MB; the limit is {} MB, so it was not read. Split it: one file per context is usual.",
                bytes / (1024 * 1024),
                MAX_BYTES / (1024 * 1024)
            ),
            Self::NotUtf8 { offset, line } => write!(
                f,
                "Byte {offset} (line {line}) is not valid UTF-8, so this file was left out. Save it as UTF-8."
            ),
            Self::Other(error) => write!(f, "This file could not be read: {error}."),
        }
    }
}

impl From<std::io::Error> for ReadError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::PermissionDenied => Self::Denied,
            ErrorKind::IsADirectory => Self::NotAFile,
            _ => Self::Other(error.to_string()),
        }
    }
}

/// The text of `path`.
pub(crate) fn read_source(path: &Path) -> Result<String, ReadError> {
    // Looked at before opening: opening a named pipe would wait for its writer.
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(ReadError::NotAFile);
    }
    if metadata.len() > MAX_BYTES {
        return Err(ReadError::TooLarge {
            bytes: metadata.len(),
        });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    // A file may grow between the two calls; one byte more than allowed is enough to know.
    std::fs::File::open(path)?
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)?;
    text_of(bytes)
}

/// Bytes that were read as a text.
pub(crate) fn text_of(bytes: Vec<u8>) -> Result<String, ReadError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ReadError::TooLarge {
            bytes: bytes.len() as u64,
        });
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..offset].split(|byte| *byte == b'\n').count();
        ReadError::NotUtf8 { offset, line }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_told_apart() {
        let dir = tempfile::tempdir().expect("tempdir");
        let file = |name: &str, bytes: &[u8]| {
            let path = dir.path().join(name);
            fs_err::write(&path, bytes).expect("file");
            path
        };
        assert_eq!(read_source(&file("ok", b"team A\r\n")), Ok("team A\r\n".into()));
        assert_eq!(
            read_source(&file("bad", b"a\nb\n\xff")),
            Err(ReadError::NotUtf8 { offset: 4, line: 3 })
        );
        assert_eq!(read_source(&dir.path().join("none")), Err(ReadError::NotFound));
        assert_eq!(read_source(dir.path()), Err(ReadError::NotAFile));
        let big = file("big", b"");
        std::fs::File::options()
            .write(true)
            .open(&big)
            .and_then(|it| it.set_len(MAX_BYTES + 1))
            .expect("grown");
        assert_eq!(
            read_source(&big),
            Err(ReadError::TooLarge { bytes: MAX_BYTES + 1 })
        );
    }
}
