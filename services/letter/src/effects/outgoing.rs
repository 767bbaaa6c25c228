//! The outgoing folder: where letters lie for the print partner, one folder per business day.
//!
//! What the partner may rely on stands in the service's README. Every change of a day happens under
//! an exclusive lock of its file `.lock`, on all replicas; files appear whole, by renaming.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use primitives::{ContentHash, Country, Date, Language, LetterId, Timestamp};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

const MANIFEST: &str = "manifest.json";
const LOCK: &str = ".lock";
/// The form of the manifest.
const FORM: &str = "amicable-outgoing-1";

/// The folder.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    folder: PathBuf,
}

/// A letter that is handed over.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub(super) letter_id: LetterId,
    /// The business day of its draft; handing over again finds the letter there.
    pub(super) day: Date,
    pub(super) pdf: Vec<u8>,
    pub(super) sha256: ContentHash,
    pub(super) pages: u16,
    pub(super) country: Country,
    pub(super) language: Language,
}

/// What the print partner reads. No name and no address stands in it.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    form: String,
    day: Date,
    letters: Vec<Entry>,
}

/// One letter of the day.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    letter_id: LetterId,
    /// Its file, in the same folder.
    file: String,
    sha256: ContentHash,
    pages: u16,
    /// Where it goes.
    country: Country,
    language: Language,
    colour: bool,
    duplex: bool,
    handed_over_at: Timestamp,
}

/// Why the folder does not take or show a letter.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutgoingError {
    #[error("{} refuses (configuration key `outgoing.folder`)", path.display())]
    Folder {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(
        "{} is no manifest of form {FORM}: correct it, or put it right from a copy",
        path.display()
    )]
    Manifest {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
}

/// Why a letter was not handed over, as far as is known.
#[derive(Debug, thiserror::Error)]
pub(super) enum HandOverError {
    /// Certainly not: the manifest was not touched.
    #[error(transparent)]
    NotHandedOver(OutgoingError),
    /// The manifest may list the letter or not.
    #[error("it is open whether the manifest lists the letter")]
    Doubtful(#[source] OutgoingError),
}

impl Outgoing {
    /// Opens the folder, making it where it is missing.
    pub(super) fn open(folder: &Path) -> Result<Self, OutgoingError> {
        fs::create_dir_all(folder).map_err(refused(folder))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Makes the folder of a day, where it is not there.
    pub(super) fn make_folder(&self, day: Date) -> Result<(), OutgoingError> {
        let folder = self.folder.join(day.to_string());
        fs::create_dir_all(&folder).map_err(refused(&folder))
    }

    /// Hands a letter over; the moment of that. A letter that was handed over before is not again.
    pub(super) fn hand_over(
        &self,
        parcel: &Parcel,
        now: Timestamp,
    ) -> Result<Timestamp, HandOverError> {
        let day = Day::open(&self.folder, parcel.day).map_err(HandOverError::NotHandedOver)?;
        let mut manifest = day.manifest().map_err(HandOverError::NotHandedOver)?;
        if let Some(known) = manifest.find(parcel.letter_id) {
            return Ok(known.handed_over_at);
        }
        let file = format!("{}.pdf", parcel.letter_id);
        day.write(&file, &parcel.pdf).map_err(HandOverError::NotHandedOver)?;
        manifest.letters.push(Entry {
            letter_id: parcel.letter_id,
            file,
            sha256: parcel.sha256,
            pages: parcel.pages,
            country: parcel.country,
            language: parcel.language,
            colour: true,
            duplex: true,
            handed_over_at: now,
        });
        day.keep(&manifest).map_err(HandOverError::Doubtful)?;
        Ok(now)
    }

    /// When a letter was handed over on a day, if it was.
    pub(crate) fn handed_over(
        &self,
        letter_id: LetterId,
        day: Date,
    ) -> Result<Option<Timestamp>, OutgoingError> {
        let day = Day::open(&self.folder, day)?;
        Ok(day.manifest()?.find(letter_id).map(|entry| entry.handed_over_at))
    }

    /// Whether the folder of a day is still there: the partner may have cleared it away.
    pub(crate) fn holds(&self, day: Date) -> bool {
        self.folder.join(day.to_string()).is_dir()
    }
}

impl Manifest {
    fn find(&self, letter_id: LetterId) -> Option<&Entry> {
        self.letters.iter().find(|entry| entry.letter_id == letter_id)
    }
}

/// The folder of one day, locked.
struct Day {
    folder: PathBuf,
    date: Date,
    /// Held until it is dropped.
    _lock: File,
}

impl Day {
    fn open(outgoing: &Path, day: Date) -> Result<Self, OutgoingError> {
        let folder = outgoing.join(day.to_string());
        fs::create_dir_all(&folder).map_err(refused(&folder))?;
        let path = folder.join(LOCK);
        let lock = File::options().create(true).truncate(false).write(true).open(&path);
        let lock = lock.and_then(|lock| lock.lock().map(|()| lock)).map_err(refused(&path))?;
        Ok(Self { folder, date: day, _lock: lock })
    }

    fn manifest(&self) -> Result<Manifest, OutgoingError> {
        let path = self.folder.join(MANIFEST);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|source| OutgoingError::Manifest { path, source }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(Manifest { form: FORM.to_owned(), day: self.date, letters: Vec::new() })
            }
            Err(error) => Err(refused(&path)(error)),
        }
    }

    fn keep(&self, manifest: &Manifest) -> Result<(), OutgoingError> {
        let path = self.folder.join(MANIFEST);
        let mut bytes = serde_json::to_vec_pretty(manifest)
            .map_err(|source| OutgoingError::Manifest { path, source })?;
        bytes.push(b'\n');
        self.write(MANIFEST, &bytes)
    }

    /// Writes a file whole, or not at all, and so that a power cut does not take it back.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), OutgoingError> {
        let path = self.folder.join(name);
        let written = || {
            let mut file = hidden_file(&self.folder)?;
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            File::open(&self.folder)?.sync_all()
        };
        written().map_err(refused(&path))
    }
}

/// A file that goes away unless it is renamed. The partner's group may read it.
fn hidden_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".writing-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o640));
    builder.tempfile_in(folder)
}

fn refused(path: &Path) -> impl Fn(io::Error) -> OutgoingError {
    let path = path.to_owned();
    move |source| OutgoingError::Folder { path: path.clone(), source }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::*;

    fn day() -> Date {
        jiff::civil::date(2026, 11, 12)
    }

    fn parcel(number: u128) -> Parcel {
        Parcel {
            letter_id: LetterId::from_uuid(Uuid::from_u128(number)),
            day: day(),
            pdf: b"%PDF".to_vec(),
            sha256: ContentHash::from_digest([7; 32]),
            pages: 1,
            country: Country::BE,
            language: Language::Nl,
        }
    }

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_letter_that_is_handed_over_again_keeps_its_moment() {
        let folder = tempfile::tempdir().unwrap();
        let outgoing = Outgoing::open(folder.path()).unwrap();
        let (first, later) = (moment("2026-11-12T09:30:00Z"), moment("2026-11-12T09:40:00Z"));
        assert_eq!(outgoing.handed_over(parcel(1).letter_id, day()).unwrap(), None);
        for now in [first, later] {
            assert_eq!(outgoing.hand_over(&parcel(1), now).unwrap(), first);
        }
        assert_eq!(outgoing.handed_over(parcel(1).letter_id, day()).unwrap(), Some(first));
        let manifest = fs::read_to_string(folder.path().join("2026-11-12/manifest.json")).unwrap();
        assert_eq!(manifest.matches("letter_id").count(), 1, "{manifest}");
        assert!(manifest.contains("\"country\": \"BE\"") && manifest.contains(FORM), "{manifest}");
    }

    #[test]
    fn replicas_at_the_same_time_lose_no_letter_and_leave_no_rest() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for replica in 0..4 {
                let outgoing = Outgoing::open(folder.path()).unwrap();
                scope.spawn(move || {
                    for number in 0..8 {
                        let now = moment("2026-11-12T09:30:00Z");
                        outgoing.hand_over(&parcel(replica * 6 + number), now).unwrap();
                    }
                });
            }
        });
        let folder = folder.path().join("2026-11-12");
        let manifest = fs::read(folder.join(MANIFEST)).unwrap();
        let manifest: Manifest = serde_json::from_slice(&manifest).unwrap();
        let listed: BTreeSet<String> =
            manifest.letters.iter().map(|entry| entry.file.clone()).collect();
        assert_eq!((listed.len(), manifest.letters.len()), (26, 26));
        let names = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
        let mut names: BTreeSet<String> = names.map(|name| name.into_string().unwrap()).collect();
        assert!(names.remove(MANIFEST) && names.remove(LOCK));
        assert_eq!(names, listed);
    }

    /// The published form is the written one.
    #[test]
    fn the_schema_names_every_field_of_an_entry_and_no_other() {
        let schema = include_str!("../../outgoing-manifest.schema.json");
        let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let outgoing = Outgoing::open(folder.path()).unwrap();
        outgoing.hand_over(&parcel(1), moment("2026-11-12T09:30:00Z")).unwrap();
        let manifest = fs::read(folder.path().join("2026-11-12/manifest.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
        let names = |value: &serde_json::Value| -> BTreeSet<String> {
            value.as_object().unwrap().keys().cloned().collect()
        };
        let required = |value: &serde_json::Value| -> BTreeSet<String> {
            serde_json::from_value(value["required"].clone()).unwrap()
        };
        assert_eq!(names(&manifest), required(&schema));
        assert_eq!(names(&schema["properties"]), required(&schema));
        let entry = &schema["properties"]["letters"]["items"];
        assert_eq!(names(&manifest["letters"][0]), required(entry));
        assert_eq!(names(&entry["properties"]), required(entry));
        assert_eq!(schema["properties"]["form"]["const"], FORM);
    }

    #[test]
    fn a_manifest_that_cannot_be_read_takes_no_letter() {
        let folder = tempfile::tempdir().unwrap();
        let outgoing = Outgoing::open(folder.path()).unwrap();
        fs::create_dir(folder.path().join("2026-11-12")).unwrap();
        fs::write(folder.path().join("2026-11-12/manifest.json"), "{").unwrap();
        let error = outgoing.hand_over(&parcel(1), moment("2026-11-12T09:30:00Z")).unwrap_err();
        assert!(error.to_string().contains("manifest.json"), "{error}");
    }
}
