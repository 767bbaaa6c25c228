//! What a command works with: the running stack, asked as its operator.

use std::path::Path;
use std::time::Duration;

use async_nats::Client;
use contracts::Request;
use contracts::intake::{CreditorSummary, ListCases, ListCreditors, ListStaff, StaffMember};
use contracts::operations::{EmptyRequest, Operation, Status};
use contracts::permissions::OPERATOR;
use mailbox::Asker;
use primitives::{Actor, CaseId, CaseNumber, ContentHash, CreditorId, HoldId, StaffId, Timestamp};
use reqwest::Method;
use runtime::clock;
use runtime::files::FileStore;
use runtime::http::{CallLimits, HttpClient};
use tokio::fs::File;
use uuid::Uuid;

use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::moment::now;
use crate::stack::{self, Board, Description, Layout, Lock, Secrets};

/// How long one answer may take.
const ASK_LIMIT: Duration = Duration::from_secs(30);
const LOOK_LIMIT: Duration = Duration::from_secs(5);
/// A child that was killed is back before this is over.
pub(crate) const PATIENCE: Duration = Duration::from_secs(45);
const CALL_LIMITS: CallLimits =
    CallLimits { connect: Duration::from_secs(2), total: Duration::from_secs(10) };
/// The most that a list can be asked for.
pub(crate) const LIST_MAX: u32 = 1000;

const CASE: Kind = Kind { name: "case", list: "amicable case list" };
const STAFF: Kind = Kind { name: "member of staff", list: "amicable staff list" };
const CREDITOR: Kind = Kind { name: "creditor", list: "amicable creditor list" };

/// A running stack, and the connections to it.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) layout: Layout,
    pub(crate) description: Description,
    /// For questions whose answer is worth waiting for.
    pub(crate) asker: Asker,
    /// For looking whether a service answers at all.
    looker: Asker,
    pub(crate) nats: Client,
    pub(crate) files: FileStore,
    pub(crate) http: HttpClient,
}

/// A new idempotency key.
fn new_key() -> String {
    #[expect(clippy::disallowed_methods, reason = "an operator's wish has no cause of ours")]
    let key = Uuid::new_v4();
    key.to_string()
}

impl Session {
    /// Connects to the stack that runs in the folder.
    pub(crate) async fn open(layout: &Layout) -> Result<Self, Failure> {
        let folder = layout.root().to_owned();
        let Some(pid) = Lock::holder(layout)? else {
            return Err(Failure::NotRunning { folder });
        };
        if !Board::load(layout)?.is_some_and(|board| board.pid == pid && board.ready) {
            return Err(Failure::NotReady { folder, pid });
        }
        let description = Description::load(layout)?;
        let nats = stack::connect(OPERATOR, &description, &Secrets::load(layout)?).await?;
        Ok(Self {
            asker: Asker::new(nats.clone(), ASK_LIMIT, Actor::Operator).patient(PATIENCE),
            looker: Asker::new(nats.clone(), LOOK_LIMIT, Actor::Operator),
            files: FileStore::open(&layout.files())?,
            http: HttpClient::new(OPERATOR, CALL_LIMITS)?,
            layout: layout.clone(),
            description,
            nats,
        })
    }

    /// The state of one service's mailbox, now or not at all.
    pub(crate) async fn status(&self, service: &str) -> Result<Status, Failure> {
        Ok(self.looker.operate(service, Operation::Status, &EmptyRequest {}).await?)
    }

    /// Asks for a change, under a key of its own: another call is another wish, with a new answer.
    pub(crate) async fn change<R: Request>(&self, request: &R) -> Result<R::Answer, Failure> {
        Ok(self.asker.change(request, &new_key()).await?)
    }

    /// The same, as a member of staff. Whoever may use this command line is taken at his word.
    pub(crate) async fn change_as<R: Request>(
        &self,
        staff_id: StaffId,
        request: &R,
    ) -> Result<R::Answer, Failure> {
        Ok(self.asker_as(staff_id).change(request, &new_key()).await?)
    }

    /// The id of a hold that nobody placed yet.
    pub(crate) fn new_hold() -> HoldId {
        HoldId::derive(Uuid::NAMESPACE_OID, new_key().as_bytes())
    }

    /// Asks as the member of staff with this code, or as the operator.
    pub(crate) async fn asker_of(&self, code: Option<&str>) -> Result<Asker, Failure> {
        match code {
            Some(code) => Ok(self.asker_as(self.staff(code).await?)),
            None => Ok(self.asker.clone()),
        }
    }

    fn asker_as(&self, staff_id: StaffId) -> Asker {
        Asker::new(self.nats.clone(), ASK_LIMIT, Actor::Staff(staff_id)).patient(PATIENCE)
    }

    /// The member of staff with this code.
    pub(crate) async fn staff(&self, code: &str) -> Result<StaffId, Failure> {
        let list = self.asker.ask(&ListStaff {}).await?;
        let found = list.staff.into_iter().find(|member| member.code == code.trim());
        let found = found.ok_or_else(|| STAFF.unknown(code))?;
        Ok(found.staff_id)
    }

    /// The agency's people.
    pub(crate) async fn people(&self) -> Result<People, Failure> {
        Ok(People(self.asker.ask(&ListStaff {}).await?.staff))
    }

    /// Puts a text into the store of files.
    pub(crate) async fn store_text(&self, text: &str) -> Result<ContentHash, Failure> {
        Ok(self.files.put(text.as_bytes()).await?)
    }

    /// Puts a file into the store of files.
    pub(crate) async fn store_file(
        &self,
        path: &Path,
        bytes_max: u64,
    ) -> Result<ContentHash, Failure> {
        let file = File::open(path).await.map_err(Failure::io("open", path))?;
        Ok(self.files.put_reader(file, bytes_max).await?.hash)
    }

    /// Whether something of the stack answers there and is content.
    pub(crate) async fn answers(&self, port: u16, path: &str) -> bool {
        let url = format!("http://127.0.0.1:{port}{path}");
        let answer = self.http.call("GET readyz", self.http.request(Method::GET, url)).await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// Where the business clock stands.
    pub(crate) async fn business_now(&self) -> Result<Timestamp, Failure> {
        if !self.description.has_demo_clock() {
            return Ok(now());
        }
        let bucket = clock::open_bucket(&self.nats).await?;
        clock::read(&bucket).await?.ok_or_else(|| clock::ClockError::NotSet.into())
    }

    /// The creditor with this code, or whose id begins so.
    pub(crate) async fn creditor(&self, given: &str) -> Result<CreditorId, Failure> {
        let list = self.asker.ask(&ListCreditors {}).await?;
        let known = |summary: &CreditorSummary| summary.creditor_id;
        let by_code = intake::domain::creditor_id(given);
        if list.creditors.iter().any(|summary| summary.creditor_id == by_code) {
            return Ok(by_code);
        }
        Ok(CREDITOR.find(given, list.creditors.iter().map(known))?)
    }

    /// The case with this number, or whose id begins so; a whole id is taken at its word.
    pub(crate) async fn case(&self, given: &str) -> Result<CaseId, Failure> {
        if let Ok(case_id) = given.trim().parse() {
            return Ok(case_id);
        }
        if let Ok(number) = CaseNumber::parse(given) {
            let asked = ListCases { limit: 1, creditor_id: None, case_number: Some(number) };
            if let Some(found) = self.asker.ask(&asked).await?.cases.first() {
                return Ok(found.case_id);
            }
        }
        Ok(CASE.find(given, self.cases().await?)?)
    }

    /// The newest cases.
    pub(crate) async fn cases(&self) -> Result<Vec<CaseId>, Failure> {
        let asked = ListCases { limit: LIST_MAX, creditor_id: None, case_number: None };
        let list = self.asker.ask(&asked).await?;
        Ok(list.cases.into_iter().map(|summary| summary.case_id).collect())
    }
}

/// The agency's people, by their ids.
#[derive(Debug)]
pub(crate) struct People(Vec<StaffMember>);

impl People {
    /// The code of a member of staff; the beginning of the id of one who is not known.
    pub(crate) fn code(&self, staff_id: StaffId) -> String {
        let member = self.0.iter().find(|member| member.staff_id == staff_id);
        member.map_or_else(|| short(staff_id), |member| member.code.clone())
    }

    /// Who acted, in a word.
    pub(crate) fn actor(&self, actor: &Actor) -> String {
        match actor {
            Actor::Staff(staff_id) => self.code(*staff_id),
            Actor::Machine(service) => service.clone(),
            other @ (Actor::Creditor(_) | Actor::Debtor(_) | Actor::Operator) => other.to_string(),
        }
    }
}
