//! Asks the mail provider whether it has a mail, by the mail's `Message-ID`.
//!
//! The question follows Mailpit's published API: `GET /api/v1/search?query=message-id:"…"`.

use reqwest::{Method, Url};
use runtime::http::HttpClient;
use serde::Deserialize;

/// Where to ask.
#[derive(Debug)]
pub(super) struct Lookup {
    client: HttpClient,
    search: Url,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum LookupError {
    #[error("the mail provider did not answer (configuration key `evidence_url`)")]
    NoAnswer(#[from] reqwest::Error),
    #[error("the mail provider answered {0} (configuration key `evidence_url`)")]
    Status(u16),
}

#[derive(Debug, Deserialize)]
struct Found {
    messages: Vec<FoundMail>,
}

#[derive(Debug, Deserialize)]
struct FoundMail {
    #[serde(rename = "MessageID")]
    message_id: String,
}

impl Lookup {
    /// `root` is the root of the provider's API. Fails where it is no address of the web.
    pub(super) fn new(client: HttpClient, root: &str) -> Result<Self, String> {
        let root = if root.ends_with('/') { root.to_owned() } else { format!("{root}/") };
        let url = Url::parse(&root).map_err(|error| error.to_string())?;
        let search = url.join("api/v1/search").map_err(|error| error.to_string())?;
        Ok(Self { client, search })
    }

    /// Whether the provider has a mail with this id.
    pub(super) async fn has(&self, message_id: &str) -> Result<bool, LookupError> {
        let mut url = self.search.clone();
        url.query_pairs_mut().append_pair("query", &format!("message-id:\"{message_id}\""));
        let request = self.client.request(Method::GET, url);
        let answer = self.client.call("GET mail-provider/search", request).await?;
        if !answer.status().is_success() {
            return Err(LookupError::Status(answer.status().as_u16()));
        }
        let found: Found = answer.json().await?;
        Ok(found.messages.iter().any(|mail| bare(&mail.message_id) == message_id))
    }
}

fn bare(message_id: &str) -> &str {
    message_id.trim_start_matches('<').trim_end_matches('>')
}
