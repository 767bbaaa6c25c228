//! Which broker is there.

/// What a broker is told by: a new one, or one that started anew, has another identity. The servers
/// of a cluster have one together, since what one of them lost the others have.
pub(crate) fn identity(client: &async_nats::Client) -> String {
    let info = client.server_info();
    info.cluster.map_or(info.server_id, |cluster| format!("cluster {cluster}"))
}
