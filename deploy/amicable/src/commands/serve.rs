//! `amicable serve`: one service, or the mail sink, in this process.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use embedded::MailSink;
use runtime::shutdown::StopRequests;
use tokio::time::sleep;

use crate::cli::Serve;
use crate::failure::Failure;
use crate::output::say;
use crate::stack::{self, Description, Layout, Ports};

/// How long a killed sink may hold on to its folder.
const LET_GO_LIMIT: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);

/// The same as the service's own program.
pub(crate) fn service(serve: Serve) -> Result<ExitCode, Failure> {
    let Some(entry) = stack::named(&serve.name) else {
        return Err(Failure::Argument { given: serve.name, expected: "a service" });
    };
    let mut arguments = Vec::new();
    if let Some(config) = serve.config {
        let Ok(config) = config.into_os_string().into_string() else {
            return Err(Failure::Argument { given: "--config".to_owned(), expected: "UTF-8" });
        };
        arguments.extend(["--config".to_owned(), config]);
    }
    if serve.check_config {
        arguments.push("--check-config".to_owned());
    }
    Ok((entry.run)(arguments))
}

/// Keeps mails in the stack's folder until it is told to stop.
pub(crate) async fn mail_sink(layout: &Layout, serve: &Serve) -> Result<ExitCode, Failure> {
    let mut requests = StopRequests::listen(serve.watch_stdin)?;
    let ports = Description::load(layout)?.ports;
    let sink = start(layout, &ports).await?;
    say(format_args!(
        "takes mail on 127.0.0.1:{} and shows it on http://127.0.0.1:{}",
        sink.smtp_port(),
        sink.http_port()
    ));
    requests.first().await;
    sink.stop().await;
    Ok(ExitCode::SUCCESS)
}

async fn start(layout: &Layout, ports: &Ports) -> Result<MailSink, Failure> {
    let begun = Instant::now();
    loop {
        let (smtp, page) = (Some(ports.smtp), Some(ports.mail_page));
        match MailSink::start(&layout.mails(), smtp, page).await {
            Err(embedded::Error::Busy { .. }) if begun.elapsed() < LET_GO_LIMIT => {
                sleep(PAUSE).await;
            }
            started => return Ok(started?),
        }
    }
}
