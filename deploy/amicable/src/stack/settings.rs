//! What each service is configured with: what the stack knows, and over it the operator's own
//! settings in `services.toml`.

use std::fs;

use toml::{Table, Value};

use super::description::Description;
use super::layout::Layout;
use super::secrets::{Secrets, runtime_role, write_private};
use super::services;
use crate::failure::Failure;

/// The settings of a new stack: the demonstration's agency.
pub(crate) const DEFAULTS: &str = include_str!("../../../demo/services.toml");

/// Writes the configuration of every service, and `services.toml` where there is none.
pub(super) fn write(
    layout: &Layout,
    description: &Description,
    secrets: &Secrets,
    otlp_endpoint: Option<&str>,
) -> Result<(), Failure> {
    let mut operators = operators_own(layout)?;
    one_account(&operators, layout)?;
    for service in services::names() {
        let mut settings = of_the_stack(service, layout, description, secrets, otlp_endpoint)?;
        if let Some(Value::Table(own)) = operators.remove(service) {
            merge(&mut settings, own);
        }
        let file = layout.configuration(service);
        let text = toml::to_string(&settings).map_err(Failure::written(&file))?;
        let header =
            "# Written by each `amicable up`; your own settings belong in services.toml.\n";
        write_private(&file, &format!("{header}{text}"))?;
    }
    match operators.keys().next() {
        None => Ok(()),
        Some(stranger) => Err(Failure::Written {
            file: layout.services(),
            problem: format!(
                "[{stranger}] is no service; there are {}",
                services::names().collect::<Vec<_>>().join(", ")
            ),
        }),
    }
}

fn operators_own(layout: &Layout) -> Result<Table, Failure> {
    let file = layout.services();
    if !file.exists() {
        // Letters would bear another agency's name and account.
        if layout.postgres().exists() {
            return Err(Failure::Written {
                file,
                problem: "it is gone, and with it the agency that this stack's letters name; put \
                          it back"
                    .to_owned(),
            });
        }
        fs::write(&file, DEFAULTS).map_err(Failure::io("write", &file))?;
    }
    let text = fs::read_to_string(&file).map_err(Failure::io("read", &file))?;
    toml::from_str(&text).map_err(Failure::written(&file))
}

/// Where debtors are asked to pay must be where payments are read from.
fn one_account(operators: &Table, layout: &Layout) -> Result<(), Failure> {
    let asked = operators.get("intake").and_then(|intake| intake.get("agency")?.get("account"));
    let reconciliation = operators.get("payment-reconciliation");
    let read = reconciliation.and_then(|it| it.get("client_accounts")?.as_array());
    let (Some(asked), Some(read)) = (asked, read) else { return Ok(()) };
    let plain = |iban: &Value| iban.as_str().unwrap_or_default().replace(' ', "");
    if read.iter().any(|account| plain(account) == plain(asked)) {
        return Ok(());
    }
    Err(Failure::Written {
        file: layout.services(),
        problem: "[intake.agency] account is not among [payment-reconciliation] client_accounts: \
                  what debtors pay would not be read"
            .to_owned(),
    })
}

/// What follows from where everything of the stack lies.
fn of_the_stack(
    service: &'static str,
    layout: &Layout,
    description: &Description,
    secrets: &Secrets,
    otlp_endpoint: Option<&str>,
) -> Result<Table, Failure> {
    let ports = &description.ports;
    let local = |port: u16| format!("127.0.0.1:{port}");
    let clock = Value::try_from(description.clock);
    let clock = clock.map_err(Failure::written(&layout.description()))?;
    let database = secrets.database_url(&runtime_role(service), ports.postgres);
    let mut settings = Table::from_iter([
        key("admin_listen", local(ports.admin(service, layout)?)),
        ("clock".to_owned(), clock),
        key("watch_stdin", true),
        section("files", [key("folder", layout.files().to_string_lossy().as_ref())]),
        section(
            "nats",
            [
                key("url", format!("nats://{}", local(ports.nats))),
                key("user", service),
                key("password", secrets.of_user(service)),
            ],
        ),
        section("postgres", [key("url", database.expose())]),
    ]);
    // Postgres remarks on each partition that is there already.
    let mut telemetry = Table::from_iter([key("filter", "info,sqlx=warn")]);
    telemetry.extend(otlp_endpoint.map(|endpoint| key("otlp_endpoint", endpoint)));
    settings.extend([key("telemetry", telemetry)]);
    match service {
        "intake" => settings.extend([key("http_listen", local(ports.intake_api))]),
        "letter" => settings.extend([
            key("evidence_url", format!("http://{}", local(ports.mail_page))),
            section("outgoing", [key("folder", layout.outgoing().to_string_lossy().as_ref())]),
            section(
                "smtp",
                [key("host", "127.0.0.1"), key("port", i64::from(ports.smtp)), key("tls", "none")],
            ),
        ]),
        _ => {}
    }
    Ok(settings)
}

fn key(name: &str, value: impl Into<Value>) -> (String, Value) {
    (name.to_owned(), value.into())
}

fn section<const N: usize>(name: &str, keys: [(String, Value); N]) -> (String, Value) {
    (name.to_owned(), Value::Table(Table::from_iter(keys)))
}

/// Lays one table over another, section by section.
fn merge(under: &mut Table, over: Table) {
    for (name, value) in over {
        match (under.get_mut(&name), value) {
            (Some(Value::Table(under)), Value::Table(over)) => merge(under, over),
            (_, value) => {
                under.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(folder: &tempfile::TempDir) -> (Layout, Description, Secrets) {
        let layout = Layout::new(folder.path()).unwrap();
        layout.create().unwrap();
        let description = Description::load_or_make(&layout, None).unwrap();
        let secrets = Secrets::load_or_make(&layout).unwrap();
        (layout, description, secrets)
    }

    #[test]
    fn the_operators_settings_lie_over_those_of_the_stack() {
        let folder = tempfile::tempdir().unwrap();
        let (layout, description, secrets) = stack(&folder);
        let own = "[letter.mailbox]\nbatch_max = 7\n[letter.smtp]\ntimeout_ms = 1\n";
        fs::write(layout.services(), own).unwrap();
        write(&layout, &description, &secrets, Some("http://localhost:4318")).unwrap();
        let text = fs::read_to_string(layout.configuration("letter")).unwrap();
        let written: Table = toml::from_str(&text).unwrap();
        let number = |section: &str, key: &str| {
            written.get(section).and_then(|table| table.get(key)).and_then(Value::as_integer)
        };
        assert_eq!(number("mailbox", "batch_max"), Some(7));
        assert_eq!(number("smtp", "timeout_ms"), Some(1));
        assert_eq!(number("smtp", "port"), Some(i64::from(description.ports.smtp)));
        assert!(text.contains("otlp_endpoint = \"http://localhost:4318\""));
        assert!(text.contains("clock = \"demo\""));
    }

    #[test]
    fn another_agency_never_takes_the_place_of_lost_settings() {
        let folder = tempfile::tempdir().unwrap();
        let (layout, description, secrets) = stack(&folder);
        write(&layout, &description, &secrets, None).unwrap();
        fs::create_dir(layout.postgres()).unwrap();
        fs::remove_file(layout.services()).unwrap();
        let told = write(&layout, &description, &secrets, None).unwrap_err().to_string();
        assert!(told.contains("it is gone, and with it the agency"), "{told}");
        assert!(!layout.services().exists());
    }

    #[test]
    fn debtors_pay_to_an_account_that_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let (layout, description, secrets) = stack(&folder);
        let own = DEFAULTS.replacen("NL82AMIC0600010001", "NL91 ABNA 0417 1643 00", 1);
        fs::write(layout.services(), own).unwrap();
        let told = write(&layout, &description, &secrets, None).unwrap_err().to_string();
        assert!(told.contains("what debtors pay would not be read"), "{told}");
    }

    #[test]
    fn settings_of_no_service_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (layout, description, secrets) = stack(&folder);
        fs::write(layout.services(), "[leter]\n").unwrap();
        let told = write(&layout, &description, &secrets, None).unwrap_err().to_string();
        assert!(told.contains("[leter] is no service; there are intake, scheduler, letter"));
    }
}
