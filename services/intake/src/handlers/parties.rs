//! `intake.api.parties`: who stands on a case, for whoever writes to them.

use contracts::agreement::PayTo;
use contracts::intake::{CreditorParty, DebtorParty, GetParties, Parties, PartiesAnswer};
use mailbox::Query;
use primitives::{CaseId, Timestamp};
use sqlx::PgConnection;

use crate::config::AgencyConfig;
use crate::store::{self, CaseRow};

pub(crate) struct AnswerParties {
    pub(crate) agency: AgencyConfig,
}

impl Query for AnswerParties {
    type Request = GetParties;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: GetParties,
        _: Timestamp,
    ) -> sqlx::Result<PartiesAnswer> {
        let row = store::case_parties(conn, request.case_id).await?;
        Ok(row.map_or(PartiesAnswer::Unknown, |row| {
            PartiesAnswer::Known(self.parties(request.case_id, row))
        }))
    }
}

impl AnswerParties {
    fn parties(&self, case_id: CaseId, row: CaseRow) -> Parties {
        let (pay_to_account, pay_to_name) = match row.agreement.pay_to {
            PayTo::Creditor { .. } => (row.creditor_account, row.creditor_name.clone()),
            PayTo::Agency => (self.agency.account.clone(), self.agency.name.clone()),
        };
        let creditor = CreditorParty {
            creditor_id: row.creditor_id,
            name: row.creditor_name,
            company_number: Some(row.company_number),
            country: row.creditor_country,
            address: row.creditor_address,
            email: row.creditor_email,
            telephone: row.creditor_telephone,
            pay_to_account,
            pay_to_name,
            capacity: row.agreement.capacity,
        };
        let debtor = DebtorParty {
            person_id: row.person_id,
            kind: row.kind,
            name: row.debtor_name,
            country: row.country,
            language: row.language,
            email: row.email,
            address: row.address,
        };
        let case_number = row.case_number;
        Parties { case_id, case_number, creditor, debtor, claims: row.claims }
    }
}
