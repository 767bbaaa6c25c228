//! How an error is told: one line, from what we tried down to what went wrong.
//!
//! Our own errors never repeat their source in `Display`; this is the one place that joins them.

use std::error::Error;

/// Any error, where only a person will read it.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// The error and its sources, joined by `: `. A source that its parent already quotes, as errors of
/// other crates do, is not told twice.
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut parent = told.clone();
    let mut next = error.source();
    while let Some(source) = next {
        let text = source.to_string();
        if !parent.contains(&text) {
            told.push_str(": ");
            told.push_str(&text);
        }
        parent = text;
        next = source.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Layer {
        text: &'static str,
        #[source]
        source: Option<Box<Layer>>,
    }

    fn layers(texts: &[&'static str]) -> Option<Box<Layer>> {
        let (text, rest) = texts.split_first()?;
        Some(Box::new(Layer { text, source: layers(rest) }))
    }

    #[test]
    fn tells_every_layer_once() {
        let told = |texts: &[&'static str]| layers(texts).map(|layer| chain(&layer));
        assert_eq!(
            told(&["no mail", "no socket", "refused"]).as_deref(),
            Some("no mail: no socket: refused")
        );
        assert_eq!(told(&["IO error: refused", "refused"]).as_deref(), Some("IO error: refused"));
        assert_eq!(chain(&io::Error::other("alone")), "alone");
    }
}
