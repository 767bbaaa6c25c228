//! Builds a schema from migration files, plainly and from nothing.
//!
//! For checking queries against and for templates of test databases. It must never touch a database
//! that holds data: it drops the schema first.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, PgConnection, raw_sql};

use crate::Error;

/// Drops the schema if it is there and applies the `*.sql` files of each folder, in the order of
/// their names, with the schema as search path. A folder that is not there has no files.
pub async fn rebuild(
    connection: &mut PgConnection,
    schema: &str,
    folders: &[PathBuf],
) -> Result<(), Error> {
    let statements = format!(
        "drop schema if exists {schema} cascade; create schema {schema}; \
         set search_path to {schema};"
    );
    run(connection, statements, || format!("make the schema {schema}")).await?;
    for folder in folders {
        for file in files(folder)? {
            let text = fs::read_to_string(&file).map_err(Error::io("read", &file))?;
            let action = || format!("apply {} to the schema {schema}", file.display());
            run(connection, text, action).await?;
        }
    }
    Ok(())
}

/// The migration files of a folder, in the order in which they are applied.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io("read", folder))? {
        let path = entry.map_err(Error::io("read", folder))?.path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

async fn run(
    connection: &mut PgConnection,
    statements: String,
    action: impl FnOnce() -> String,
) -> Result<(), Error> {
    let done = raw_sql(AssertSqlSafe(statements)).execute(connection).await;
    done.map(drop).map_err(|source| Error::Database { action: action(), source })
}
