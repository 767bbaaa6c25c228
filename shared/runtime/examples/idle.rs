//! The smallest service: its `main` is one call, and it does nothing until it is told to stop.
//!
//! The tests of this crate run it as a real process, and can make it fail or refuse to stop.

use std::process::ExitCode;

use runtime::error::BoxError;
use runtime::shutdown::Phase;
use runtime::{Context, Service};
use serde::{Deserialize, Serialize};
use sqlx::migrate::Migrator;

fn main() -> ExitCode {
    runtime::run::<Idle>(std::env::args().skip(1))
}

struct Idle;

/// Its own keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct IdleConfig {
    temper: Temper,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Temper {
    #[default]
    Calm,
    /// Its task fails at once.
    Brittle,
    /// Its task does not stop when told.
    Stubborn,
}

impl Service for Idle {
    const NAME: &'static str = "idle";

    type Config = IdleConfig;

    fn migrators() -> Vec<&'static Migrator> {
        Vec::new()
    }

    async fn start(context: Context<IdleConfig>) -> Result<(), BoxError> {
        let stopping = context.tasks.stopping(Phase::Pulling);
        let temper = context.config.service.temper;
        context.tasks.spawn(Phase::Pulling, "idling", async move {
            match temper {
                Temper::Calm => stopping.cancelled().await,
                Temper::Brittle => return Err("nothing holds".into()),
                Temper::Stubborn => std::future::pending().await,
            }
            Ok(())
        });
        Ok(())
    }
}
