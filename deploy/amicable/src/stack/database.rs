//! The database of the stack: one schema per service, owned by a role that the service never has.
//!
//! The service's own role may read and write rows of its schema and nothing else: no DDL, no other
//! schema. Statements here hold names and passwords of ours only, never anything from outside.

use runtime::postgres::schema_of;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, query_scalar, raw_sql};

use super::secrets::{Secrets, owner_role, runtime_role};
use super::services::SERVICES;
use crate::failure::Failure;

/// The one database of the stack.
pub(super) const DATABASE: &str = "amicable";

/// Makes the database, roles and schemas that are missing, and brings every schema to its head.
pub(super) async fn prepare(
    superuser: PgConnectOptions,
    port: u16,
    secrets: &Secrets,
) -> Result<(), Failure> {
    make_database(&superuser).await?;
    let mut connection = connect(&superuser.database(DATABASE)).await?;
    run(&mut connection, "close the database to strangers", &lock_down()).await?;
    for service in SERVICES {
        let action = format!("make the schema of {}", service.name);
        run(&mut connection, &action, &schema(service.name, secrets)).await?;
        let owner_url = secrets.database_url(&owner_role(service.name), port);
        let schema = schema_of(service.name);
        runtime::postgres::migrate(&owner_url, &schema, &(service.migrators)()).await?;
    }
    connection.close().await.map_err(failed("leave the database"))
}

async fn make_database(superuser: &PgConnectOptions) -> Result<(), Failure> {
    let mut connection = connect(superuser).await?;
    let exists: bool = query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(DATABASE)
        .fetch_one(&mut connection)
        .await
        .map_err(failed("list the databases"))?;
    if !exists {
        let statement = format!("create database {DATABASE}");
        run(&mut connection, "make the database", &statement).await?;
    }
    connection.close().await.map_err(failed("leave the database"))
}

fn lock_down() -> String {
    format!(
        "revoke all on database {DATABASE} from public;
         revoke all on schema public from public;"
    )
}

/// Roles, schema and grants of one service; may be repeated, and then sets the passwords anew.
fn schema(service: &str, secrets: &Secrets) -> String {
    let (schema, owner, runtime) = (schema_of(service), owner_role(service), runtime_role(service));
    let role = |role: &str| {
        let password = secrets.of_role(role);
        format!(
            "do $$ begin create role {role}; exception when duplicate_object then null; end $$;
             alter role {role} login nosuperuser nocreatedb nocreaterole password '{password}';
             grant connect on database {DATABASE} to {role};"
        )
    };
    let (owner_role, runtime_role) = (role(&owner), role(&runtime));
    format!(
        "{owner_role} {runtime_role}
         create schema if not exists {schema} authorization {owner};
         grant usage on schema {schema} to {runtime};
         grant select, insert, update, delete on all tables in schema {schema} to {runtime};
         grant usage on all sequences in schema {schema} to {runtime};
         alter default privileges for role {owner} in schema {schema}
             grant select, insert, update, delete on tables to {runtime};
         alter default privileges for role {owner} in schema {schema}
             grant usage on sequences to {runtime};"
    )
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Failure> {
    let connection = PgConnection::connect_with(options).await;
    connection.map_err(failed("connect as superuser"))
}

async fn run(connection: &mut PgConnection, action: &str, statements: &str) -> Result<(), Failure> {
    let done = raw_sql(AssertSqlSafe(statements.to_owned())).execute(connection).await;
    done.map(drop).map_err(failed(action))
}

fn failed(action: &str) -> impl FnOnce(sqlx::Error) -> Failure {
    let action = action.to_owned();
    move |source| Failure::Database { action, source }
}
