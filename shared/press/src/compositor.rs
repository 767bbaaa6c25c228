//! Typst, closed off from the world: it knows a form, the data of one paper and two fonts.

use std::sync::LazyLock;

use jiff::civil::Date;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::ecow::EcoVec;
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::Form;

/// Source Sans 3.052 as Adobe made it, under the SIL Open Font License (fonts/LICENSE).
const REGULAR: &[u8] = include_bytes!("../fonts/SourceSans3-Regular.ttf");
const SEMIBOLD: &[u8] = include_bytes!("../fonts/SourceSans3-SemiBold.ttf");

/// What all forms share.
static CASE: LazyLock<Case> = LazyLock::new(Case::new);

#[derive(Debug)]
struct Case {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

impl Case {
    fn new() -> Self {
        let fonts: Vec<Font> =
            [REGULAR, SEMIBOLD].into_iter().flat_map(|data| Font::iter(Bytes::new(data))).collect();
        // Row headers of tables are among the extras.
        let features = [Feature::A11yExtras].into_iter().collect();
        Self {
            library: LazyHash::new(Library::builder().with_features(features).build()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
        }
    }
}

/// Whether both fonts have a shape for it.
pub(crate) fn has_shape(sign: char) -> bool {
    CASE.fonts.iter().all(|font| font.info().coverage.contains(u32::from(sign)))
}

fn file(name: &str) -> Result<FileId, String> {
    let path = VirtualPath::new(name).map_err(|error| error.to_string())?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// A form with the data of one paper, and what every form may take from.
struct Job {
    case: &'static Case,
    form: Source,
    house: Source,
    data_id: FileId,
    data: Bytes,
}

impl Job {
    fn new(form: &Form, data: String) -> Result<Self, String> {
        let name = form.name;
        Ok(Self {
            case: &CASE,
            form: Source::new(file(&format!("{name}.typ"))?, form.text.to_owned()),
            house: Source::new(file("house.typ")?, include_str!("../house.typ").to_owned()),
            data_id: file(&format!("{name}.json"))?,
            data: Bytes::from_string(data),
        })
    }
}

impl World for Job {
    fn library(&self) -> &LazyHash<Library> {
        &self.case.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.case.book
    }

    fn main(&self) -> FileId {
        self.form.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let found = [&self.form, &self.house].into_iter().find(|source| source.id() == id);
        found.cloned().ok_or_else(|| absent(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data_id { Ok(self.data.clone()) } else { Err(absent(id)) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.case.fonts.get(index).cloned()
    }

    /// No paper knows what day it is.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}

/// Lays a paper out on its pages.
pub(crate) fn lay_out(form: &Form, data: String) -> Result<PagedDocument, String> {
    let laid_out = typst::compile(&Job::new(form, data)?);
    // Typst remembers what it has laid out; no paper is to be remembered after it is printed.
    typst::comemo::evict(0);
    // A warning is a fault of the form, too.
    match laid_out.output {
        Ok(document) if laid_out.warnings.is_empty() => Ok(document),
        Ok(_) => Err(told(&laid_out.warnings)),
        Err(errors) => Err(told(&errors)),
    }
}

/// The pages as PDF/A-2a and PDF/UA-1. The paper's data give the document its id.
pub(crate) fn pdf(
    document: &PagedDocument,
    data: String,
    made_on: Date,
) -> Result<Vec<u8>, String> {
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|error| error.message().to_string())?;
    let options = PdfOptions {
        ident: Smart::Custom(data),
        creator: Smart::Custom(None),
        timestamp: midnight(made_on).map(Timestamp::new_utc),
        page_ranges: None,
        standards,
        tagged: true,
        pretty: false,
    };
    let pdf = typst_pdf::pdf(document, &options).map_err(|errors| told(&errors));
    typst::comemo::evict(0);
    pdf
}

fn midnight(date: Date) -> Option<Datetime> {
    let (month, day) = (u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
    Datetime::from_ymd_hms(i32::from(date.year()), month, day, 0, 0, 0)
}

fn told(diagnostics: &EcoVec<SourceDiagnostic>) -> String {
    diagnostics.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; ")
}
