//! How a value that has one text form looks in JSON: as that text, with a pattern in the schema.
//!
//! One macro, so that no type can serialise to a text that its own parser refuses.

/// Implements `Serialize` (through `Display`), `Deserialize` (through the named parser) and
/// `JsonSchema` (a string with the pattern) for a type with one text form.
macro_rules! text_form {
    ($name:ident, parse: $parse:path, pattern: $pattern:literal, meaning: $meaning:literal) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                $parse(&text).map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": $pattern,
                    "description": $meaning,
                })
            }
        }
    };
}

pub(crate) use text_form;
