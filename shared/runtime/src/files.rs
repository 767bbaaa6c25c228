//! The store of files: source documents, rendered letters, mails as sent.
//!
//! A file's address is the hash of its bytes, so the same file is stored once, and a file that was
//! changed is noticed when it is read. Nothing is ever changed in place, and nothing is half there:
//! a file is written beside the store, synced, and renamed into it.

use std::fs;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::time::Duration;

use primitives::ContentHash;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

/// Files being written lie here, beside the folders of the stored ones.
const WRITING: &str = "writing";
/// What was being written this long ago belongs to a process that died.
const ABANDONED_AFTER: Duration = Duration::from_hours(24);
const CHUNK_BYTES: usize = 64 * 1024;

/// A store of files. Clones are the same store.
#[derive(Clone, Debug)]
pub struct FileStore(Backend);

/// Where the files lie.
#[derive(Clone, Debug)]
enum Backend {
    /// `ab/abcdef…` in a folder of this machine.
    Folder(PathBuf),
}

/// What was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Its address.
    pub hash: ContentHash,
    /// Its length in bytes.
    pub size_bytes: u64,
}

/// Why a file was not stored or not read.
#[derive(Debug, thiserror::Error)]
pub enum FileStoreError {
    /// No file has this hash.
    #[error("no file {hash} in the store")]
    NotFound {
        /// The hash asked for.
        hash: ContentHash,
    },
    /// The bytes are not the ones that were stored.
    #[error("file {hash} in the store is damaged: its content has the hash {found}")]
    Corrupt {
        /// The hash asked for.
        hash: ContentHash,
        /// The hash of what lies there.
        found: ContentHash,
    },
    /// The file is longer than its taker allows. Nothing of it was kept.
    #[error("the file is longer than {max_bytes} bytes")]
    TooLarge {
        /// The most that was allowed.
        max_bytes: u64,
    },
    /// The reader failed before its end. Nothing of it was kept.
    #[error("the file could not be received to its end")]
    Incoming(#[source] io::Error),
    /// The folder refuses.
    #[error("the file store in {} failed (configuration key `files.folder`)", folder.display())]
    Folder {
        /// The folder of the store.
        folder: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

impl FileStore {
    /// Opens the store in a folder, creating it where it is missing, and clears what dead processes
    /// left half written.
    pub fn open(folder: &Path) -> Result<Self, FileStoreError> {
        let writing = folder.join(WRITING);
        fs::create_dir_all(&writing)
            .and_then(|()| clear_abandoned(&writing))
            .map_err(|source| FileStoreError::Folder { folder: folder.to_owned(), source })?;
        Ok(Self(Backend::Folder(folder.to_owned())))
    }

    /// Stores the bytes and returns their address. Storing them again changes nothing.
    pub async fn put(&self, bytes: &[u8]) -> Result<ContentHash, FileStoreError> {
        self.put_reader(bytes, u64::MAX).await.map(|stored| stored.hash)
    }

    /// Stores what the reader yields, at most `max_bytes`, without holding it in memory.
    pub async fn put_reader(
        &self,
        reader: impl AsyncRead + Unpin,
        max_bytes: u64,
    ) -> Result<StoredFile, FileStoreError> {
        let Backend::Folder(folder) = &self.0;
        let failed = |source| FileStoreError::Folder { folder: folder.clone(), source };
        let (file, path) =
            NamedTempFile::new_in(folder.join(WRITING)).map_err(failed)?.into_parts();
        let mut file = tokio::fs::File::from_std(file);
        // From here to the rename, whatever fails, `path` removes the file.
        let mut reader = reader.take(max_bytes.saturating_add(1));
        let mut digest = Sha256::new();
        let mut size_bytes: u64 = 0;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let count = reader.read(&mut chunk).await.map_err(FileStoreError::Incoming)?;
            let Some(read) = chunk.get(..count).filter(|read| !read.is_empty()) else { break };
            size_bytes = size_bytes.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
            if size_bytes > max_bytes {
                return Err(FileStoreError::TooLarge { max_bytes });
            }
            digest.update(read);
            file.write_all(read).await.map_err(failed)?;
        }
        // The last write may still be under way, and its error untold.
        file.flush().await.map_err(failed)?;
        file.sync_all().await.map_err(failed)?;
        let hash = ContentHash::from_digest(digest.finalize().into());
        let target = path_of(folder, hash);
        blocking(move || {
            let parent = target.parent().unwrap_or(&target);
            fs::create_dir_all(parent)?;
            // Renaming over an equal file changes nothing, over a damaged one mends it.
            path.persist(&target).map_err(|refused| refused.error)?;
            fs::File::open(parent)?.sync_all()
        })
        .await
        .map_err(failed)?;
        Ok(StoredFile { hash, size_bytes })
    }

    /// Reads a whole file and checks that it is the one that was stored.
    pub async fn get(&self, hash: ContentHash) -> Result<Vec<u8>, FileStoreError> {
        self.get_at_most(hash, u64::MAX).await
    }

    /// The same for a file of at most `max_bytes`; of a longer one nothing is read.
    pub async fn get_at_most(
        &self,
        hash: ContentHash,
        max_bytes: u64,
    ) -> Result<Vec<u8>, FileStoreError> {
        let mut file = self.open_at_most(hash, max_bytes).await?;
        let read = move || {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map(|_| bytes)
        };
        blocking(read).await.map_err(|source| self.failed(source))
    }

    /// Opens a file of at most `max_bytes`, after checking that it is the one that was stored;
    /// nothing of it is held in memory.
    pub async fn open_at_most(
        &self,
        hash: ContentHash,
        max_bytes: u64,
    ) -> Result<fs::File, FileStoreError> {
        let Backend::Folder(folder) = &self.0;
        let path = path_of(folder, hash);
        let open = move || {
            let mut file = fs::File::open(path)?;
            if file.metadata()?.len() > max_bytes {
                return Ok(None);
            }
            let found = hash_of(&mut file)?;
            file.rewind()?;
            Ok(Some((file, found)))
        };
        match blocking(open).await {
            Ok(None) => Err(FileStoreError::TooLarge { max_bytes }),
            Ok(Some((file, found))) if found == hash => Ok(file),
            Ok(Some((_, found))) => Err(FileStoreError::Corrupt { hash, found }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(FileStoreError::NotFound { hash })
            }
            Err(source) => Err(self.failed(source)),
        }
    }

    fn failed(&self, source: io::Error) -> FileStoreError {
        let Backend::Folder(folder) = &self.0;
        FileStoreError::Folder { folder: folder.clone(), source }
    }
}

fn hash_of(file: &mut fs::File) -> io::Result<ContentHash> {
    let mut digest = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = file.read(&mut chunk)?;
        let Some(read) = chunk.get(..count).filter(|read| !read.is_empty()) else { break };
        digest.update(read);
    }
    Ok(ContentHash::from_digest(digest.finalize().into()))
}

fn path_of(folder: &Path, hash: ContentHash) -> PathBuf {
    let name = hash.to_string();
    folder.join(name.get(..2).unwrap_or_default()).join(name)
}

fn clear_abandoned(writing: &Path) -> io::Result<()> {
    for entry in fs::read_dir(writing)? {
        let entry = entry?;
        let age = entry.metadata().and_then(|data| data.modified()).map(|at| at.elapsed());
        if matches!(age, Ok(Ok(age)) if age > ABANDONED_AFTER) {
            // Another process may have been faster, which is as good.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task;

    use proptest::prelude::*;
    use tokio::io::ReadBuf;

    use super::*;

    fn store() -> (tempfile::TempDir, FileStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::open(folder.path()).unwrap();
        (folder, store)
    }

    fn run<T>(test: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(test)
    }

    fn half_written(folder: &Path) -> usize {
        fs::read_dir(folder.join(WRITING)).unwrap().count()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn what_is_stored_is_found_under_its_hash(bytes: Vec<u8>, other: Vec<u8>) {
            run(async {
                let (folder, store) = store();
                let hash = store.put(&bytes).await.unwrap();
                assert_eq!(store.put(&bytes).await.unwrap(), hash);
                assert_eq!(store.put(&other).await.unwrap() == hash, bytes == other);
                assert_eq!(store.get(hash).await.unwrap(), bytes);
                assert_eq!(half_written(folder.path()), 0);
            });
        }

        #[test]
        fn the_limit_is_exact(length in 0_usize..200_000, less in 1_u64..9) {
            run(async {
                let (folder, store) = store();
                let bytes = vec![7; length];
                let max_bytes = u64::try_from(length).unwrap();
                let stored = store.put_reader(&bytes[..], max_bytes).await.unwrap();
                assert_eq!(stored.size_bytes, max_bytes);
                assert_eq!(store.get_at_most(stored.hash, max_bytes).await.unwrap(), bytes);
                if let Some(max_bytes) = max_bytes.checked_sub(less) {
                    let refused = store.put_reader(&bytes[..], max_bytes).await;
                    assert!(matches!(refused, Err(FileStoreError::TooLarge { .. })));
                    let unread = store.get_at_most(stored.hash, max_bytes).await;
                    assert!(matches!(unread, Err(FileStoreError::TooLarge { .. })));
                }
                assert_eq!(half_written(folder.path()), 0);
            });
        }
    }

    #[tokio::test]
    async fn endless_junk_is_refused_at_the_limit() {
        let (folder, store) = store();
        let refused = store.put_reader(tokio::io::repeat(0), 1_000_000).await;
        assert!(matches!(refused, Err(FileStoreError::TooLarge { max_bytes: 1_000_000 })));
        assert_eq!(half_written(folder.path()), 0);
    }

    #[tokio::test]
    async fn absent_and_damaged_are_different_and_damage_can_be_mended() {
        let (folder, store) = store();
        let hash = store.put(b"an invoice").await.unwrap();
        let absent = ContentHash::from_digest([0; 32]);
        assert!(matches!(store.get(absent).await, Err(FileStoreError::NotFound { .. })));
        fs::write(path_of(folder.path(), hash), b"another invoice").unwrap();
        assert!(matches!(store.get(hash).await, Err(FileStoreError::Corrupt { .. })));
        store.put(b"an invoice").await.unwrap();
        assert_eq!(store.get(hash).await.unwrap(), b"an invoice");
    }

    /// A connection that is lost.
    struct Lost;

    impl AsyncRead for Lost {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut task::Context<'_>,
            _: &mut ReadBuf<'_>,
        ) -> task::Poll<io::Result<()>> {
            task::Poll::Ready(Err(io::Error::other("connection lost")))
        }
    }

    #[tokio::test]
    async fn a_reader_that_breaks_off_leaves_nothing() {
        let (folder, store) = store();
        let refused = store.put_reader(AsyncReadExt::chain(&b"half"[..], Lost), 100).await;
        assert!(matches!(refused, Err(FileStoreError::Incoming(_))));
        assert_eq!(half_written(folder.path()), 0);
    }

    #[test]
    fn only_what_is_long_abandoned_is_cleared() {
        let (folder, _) = store();
        let old = folder.path().join(WRITING).join("old");
        let young = folder.path().join(WRITING).join("young");
        fs::write(&young, "").unwrap();
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        fs::File::create(&old).unwrap().set_modified(long_ago).unwrap();
        FileStore::open(folder.path()).unwrap();
        assert!(young.exists() && !old.exists());
    }

    #[test]
    fn a_folder_that_cannot_be_made_names_the_key() {
        let (folder, _) = store();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let refused = FileStore::open(&file).unwrap_err().to_string();
        assert!(refused.contains("`files.folder`"), "{refused}");
    }
}
