//! `payment-reconciliation.api.decide-bank-file`: a person decides about a file that was set aside.

use contracts::payment_reconciliation::{BankFileDecision, DecideBankFile, DecideBankFileAnswer};
use mailbox::{Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::Actor;
use sqlx::PgConnection;
use uuid::Uuid;

use super::import_statement::{Incoming, Reader};
use crate::domain::desk::Desk;
use crate::domain::quarantine::{self, Deciding, IncomingFile};
use crate::domain::staff::Staff;

#[derive(Debug)]
pub(crate) struct OnDecideBankFile(pub(crate) Reader);

impl RequestHandler for OnDecideBankFile {
    type Request = DecideBankFile;
    type Input = (DecideBankFile, Incoming);
    type State = Deciding;
    type Effect = Nothing;

    async fn prepare(&self, request: DecideBankFile) -> Result<Self::Input, RequestError> {
        let incoming = match request.decision {
            // Who sets a file aside need not read it.
            Some(BankFileDecision::SetAside) => Reader::unread(request.document),
            Some(BankFileDecision::TakeIn) | None => self.0.read(request.document).await?,
        };
        Ok((request, incoming))
    }

    async fn key(
        _: &mut PgConnection,
        (request, _): &Self::Input,
        actor: &Actor,
    ) -> sqlx::Result<(Uuid, Uuid, Uuid)> {
        Ok((Desk::ID, IncomingFile::id(request.document), Staff::row_of(actor)))
    }

    fn decide(
        states: Deciding,
        (request, Incoming { file, client_accounts, .. }): &Self::Input,
        facts: &Facts,
    ) -> Result<(Decision<Deciding>, DecideBankFileAnswer), Fault> {
        quarantine::decide(states, request, (file, client_accounts), facts)
    }
}
