//! Compares examples with schemas: whether they fit, and which parts of the schema they show.
//!
//! A part is a property, an alternative, a value of an enumeration, or one of several types, each
//! named after the type that it belongs to. Knows the keywords that our schemas use, and no others.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

type Parts = BTreeSet<String>;

/// All parts of a schema and of its definitions.
pub(crate) fn parts(root: &Value) -> Parts {
    let mut parts = Parts::new();
    let title = root.get("title").and_then(Value::as_str).unwrap_or_default();
    collect(title, root, &mut parts);
    for (name, definition) in fields(root, "$defs") {
        collect(name, definition, &mut parts);
    }
    parts
}

/// The parts that an example shows; none where it does not fit.
pub(crate) fn shown(root: &Value, example: &Value) -> Option<Parts> {
    show(root, root.get("title")?.as_str()?, root, example)
}

fn collect(place: &str, schema: &Value, parts: &mut Parts) {
    for (key, inner) in fields(schema, "properties") {
        let place = format!("{place}.{key}");
        collect(&place, inner, parts);
        parts.insert(place);
    }
    for (index, inner) in alternatives(schema).enumerate() {
        let place = format!("{place}#{index}");
        collect(&place, inner, parts);
        parts.insert(place);
    }
    if let Some(inner) = schema.get("items") {
        collect(place, inner, parts);
    }
    for value in list(schema, "enum").iter().chain(list(schema, "type")) {
        parts.insert(format!("{place}={value}"));
    }
}

fn show(root: &Value, place: &str, schema: &Value, example: &Value) -> Option<Parts> {
    let mut parts = Parts::new();
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        let name = name.strip_prefix("#/$defs/")?;
        parts.extend(show(root, name, root.get("$defs")?.get(name)?, example)?);
    }
    let fitting = |(index, inner)| {
        let place = format!("{place}#{index}");
        let parts = show(root, &place, inner, example)?;
        Some(parts.into_iter().chain([place]))
    };
    let fitting: Vec<_> = alternatives(schema).enumerate().filter_map(fitting).collect();
    if alternatives(schema).next().is_some() {
        let [one] = <[_; 1]>::try_from(fitting).ok()?;
        parts.extend(one);
    }
    let allowed = match schema.get("type") {
        Some(Value::String(name)) => is_a(name, example),
        _ => true,
    };
    if !allowed || schema.get("const").is_some_and(|only| only != example) {
        return None;
    }
    if !list(schema, "enum").is_empty() {
        let value = list(schema, "enum").iter().find(|value| *value == example)?;
        parts.insert(format!("{place}={value}"));
    }
    if !list(schema, "type").is_empty() {
        let is_this = |name: &&Value| name.as_str().is_some_and(|name| is_a(name, example));
        let name = list(schema, "type").iter().find(is_this)?;
        parts.insert(format!("{place}={name}"));
    }
    parts.extend(show_properties(root, place, schema, example)?);
    if let (Some(inner), Some(items)) = (schema.get("items"), example.as_array()) {
        for item in items {
            parts.extend(show(root, place, inner, item)?);
        }
    }
    Some(parts)
}

fn show_properties(root: &Value, place: &str, schema: &Value, example: &Value) -> Option<Parts> {
    let mut parts = Parts::new();
    let given = example.as_object();
    for (key, inner) in fields(schema, "properties") {
        if let Some(value) = given.and_then(|given| given.get(key)) {
            let place = format!("{place}.{key}");
            parts.extend(show(root, &place, inner, value)?);
            parts.insert(place);
        }
    }
    let has = |key: &Value| given?.get(key.as_str()?);
    let lacks = list(schema, "required").iter().any(|key| has(key).is_none());
    let known = |key: &String| fields(schema, "properties").any(|(name, _)| name == key);
    let open = schema.get("additionalProperties") == Some(&Value::Bool(true));
    let closed = schema.get("type") == Some(&Value::from("object")) && !open;
    let unknown = closed && !given?.keys().all(known);
    (!lacks && !unknown).then_some(parts)
}

fn is_a(name: &str, example: &Value) -> bool {
    match example {
        Value::Null => name == "null",
        Value::Bool(_) => name == "boolean",
        Value::Number(_) => name == "integer" && !example.is_f64(),
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    }
}

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    list(schema, "oneOf").iter().chain(list(schema, "anyOf"))
}

fn list<'a>(schema: &'a Value, keyword: &str) -> &'a [Value] {
    schema.get(keyword).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn fields<'a>(schema: &'a Value, keyword: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    schema.get(keyword).and_then(Value::as_object).into_iter().flat_map(Map::iter)
}
