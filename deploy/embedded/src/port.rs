//! Loopback ports: free ones, and whether a given one is free.
//!
//! Another program can take a free port before the server binds it, so the callers try again.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

use crate::Error;

/// How often another free port is tried after one was taken in between.
pub(crate) const TRIES: u32 = 5;

/// The port that was asked for, if nobody has it; else some free port.
pub(crate) fn choose(server: &'static str, wanted: Option<u16>) -> Result<u16, Error> {
    let port = wanted.unwrap_or(0);
    let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|probe| probe.local_addr());
    match probe {
        Ok(address) => Ok(address.port()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            Err(Error::PortInUse { server, port })
        }
        Err(source) => {
            Err(Error::Io { action: "bind", path: format!("127.0.0.1:{port}").into(), source })
        }
    }
}
