//! QR codes, as drawings.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

use crate::PrintError;

/// The most modules of a side: version 13, which the guideline for payment codes (EPC069-12) allows
/// at most. At the smallest printed size a module is then still 0.39 mm wide.
pub const MODULES_MAX: usize = 69;

/// The light modules around the code, which readers need to find it.
const QUIET_ZONE: usize = 4;

/// The modules of the code for `payload`, row by row; dark ones are `true`. A seventh of it may be
/// damaged (level M).
pub fn modules(payload: &str) -> Result<Vec<Vec<bool>>, PrintError> {
    let too_large = || PrintError::CodeTooLarge { bytes: payload.len() };
    let code = QRBuilder::new(payload).ecl(ECL::M).build().map_err(|_| too_large())?;
    if code.size > MODULES_MAX {
        return Err(too_large());
    }
    let rows = code.data.chunks(code.size.max(1)).take(code.size);
    Ok(rows.map(|row| row.iter().map(|module| module.value()).collect()).collect())
}

/// How many modules a side of the drawing has.
pub(crate) const fn with_quiet_zone(rows: &[Vec<bool>]) -> usize {
    rows.len().saturating_add(QUIET_ZONE.saturating_mul(2))
}

/// An SVG of one path, so that no seams are seen between the modules.
pub(crate) fn drawing(rows: &[Vec<bool>]) -> String {
    let mut path = String::new();
    for (y, row) in (QUIET_ZONE..).zip(rows) {
        let mut x = QUIET_ZONE;
        for run in row.chunk_by(|a, b| a == b) {
            let width = run.len();
            if run.first() == Some(&true) {
                let _ = write!(path, "M{x} {y}h{width}v1h-{width}z");
            }
            x = x.saturating_add(width);
        }
    }
    let side = with_quiet_zone(rows);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/><path d=\"{path}\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drawing_is_the_code() {
        let payload = "BCD\n002\n1\nSCT\n\nBakkerij De Korenaar\nNL91ABNA0417164300\nEUR86.40";
        let rows = modules(payload).unwrap();
        let code = QRBuilder::new(payload).ecl(ECL::M).build().unwrap();
        let mut drawn = vec![vec![false; rows.len()]; rows.len()];
        let drawing = drawing(&rows);
        let path = drawing.rsplit("d=\"").next().unwrap();
        for run in path.split('M').skip(1) {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let (width, _) = rest.split_once('v').unwrap();
            let place = |text: &str| text.parse::<usize>().unwrap();
            for dark in
                drawn[place(y) - QUIET_ZONE].iter_mut().skip(place(x) - 4).take(place(width))
            {
                *dark = true;
            }
        }
        assert_eq!(drawn, rows);
        for (y, row) in rows.iter().enumerate() {
            assert!(row.iter().zip(&code[y]).all(|(dark, module)| *dark == module.value()));
        }
    }

    #[test]
    fn what_cameras_do_not_read_from_paper_is_refused() {
        assert_eq!(modules(&"x".repeat(331)).unwrap().len(), MODULES_MAX);
        let error = modules(&"x".repeat(332)).unwrap_err();
        assert!(matches!(error, PrintError::CodeTooLarge { bytes: 332 }));
        assert!(modules(&"x".repeat(10_000)).is_err());
    }
}
