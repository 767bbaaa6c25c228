//! Whether who reads at level B1 can read what consumers are sent: a measure that fails the build.

use letter::domain::{EASE_MIN, Readability, SENTENCE_MAX, SENTENCE_MEAN_MAX};
use primitives::DebtorKind;

use crate::texts::preview::{readers, shown};
use crate::texts::{matrix, suited};

/// Every text for consumers as it is filled in, on the invented case and on the sample of the
/// tests, about one invoice and about several.
#[test]
fn every_text_for_consumers_is_plain() {
    let mut hard = Vec::new();
    let mut measure = |told: String, language, paragraphs: &[String]| {
        let measured = Readability::of(language, paragraphs);
        if !measured.is_plain() {
            let Readability { ease, mean_sentence, longest, hard: words, .. } = measured;
            hard.push(format!(
                "{told}: ease {ease} of {EASE_MIN}, mean {mean_sentence} of {SENTENCE_MEAN_MAX}, \
                 longest {} of {SENTENCE_MAX} ({}), hard: {words:?}",
                longest.words, longest.text
            ));
        }
    };
    let consumers =
        readers().into_iter().filter(|(_, reader)| reader.debtor == DebtorKind::Consumer);
    for (message, reader) in consumers {
        if let Ok(composed) = shown(message, reader) {
            let told = format!("{} {}", composed.text_version, reader.country);
            measure(told, reader.language, &composed.paragraphs);
        }
    }
    for variant in matrix().into_iter().filter(|it| it.debtor == DebtorKind::Consumer) {
        for claims in [1, 3] {
            let composed = suited(variant, claims);
            let told = format!("{} {} {claims}", composed.text_version, variant.country);
            measure(told, variant.language, &composed.paragraphs);
        }
    }
    hard.sort();
    hard.dedup();
    assert!(hard.is_empty(), "write these more plainly:\n{}", hard.join("\n"));
}
