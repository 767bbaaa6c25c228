//! A TCP proxy between one replica and one server, which can cut, refuse and delay.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// Bytes that are passed on at a time.
const CHUNK_BYTES: usize = 16 * 1024;

/// It listens until it is dropped.
#[derive(Debug)]
pub(crate) struct Proxy {
    port: u16,
    weather: Arc<Mutex<Weather>>,
    /// Each new number ends the connections of before.
    cut: watch::Sender<u64>,
    listening: JoinHandle<()>,
}

/// How the line is, each for a time.
#[derive(Clone, Copy, Debug)]
struct Weather {
    refused_until: Instant,
    slow_until: Instant,
    delay: Duration,
}

impl Proxy {
    /// A proxy to a port of this machine.
    pub(crate) async fn to(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let own_port = listener.local_addr()?.port();
        let now = Instant::now();
        let calm = Weather { refused_until: now, slow_until: now, delay: Duration::ZERO };
        let weather = Arc::new(Mutex::new(calm));
        let (cut, cuts) = watch::channel(0);
        let listening = tokio::spawn(listen(listener, port, Arc::clone(&weather), cuts));
        Ok(Self { port: own_port, weather, cut, listening })
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Ends every connection.
    pub(crate) fn cut(&self) {
        self.cut.send_modify(|number| *number = number.wrapping_add(1));
    }

    /// Ends every connection, and takes none for so long.
    pub(crate) fn refuse(&self, time: Duration) {
        self.change(|weather| weather.refused_until = later(time));
        self.cut();
    }

    /// Passes on late, for so long.
    pub(crate) fn slow(&self, delay: Duration, time: Duration) {
        self.change(|weather| {
            weather.delay = delay;
            weather.slow_until = later(time);
        });
    }

    /// Lets everything through again.
    pub(crate) fn calm(&self) {
        self.change(|weather| {
            weather.refused_until = Instant::now();
            weather.slow_until = Instant::now();
        });
    }

    fn change(&self, change: impl FnOnce(&mut Weather)) {
        change(&mut self.weather.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
        self.cut();
    }
}

fn later(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or(now)
}

async fn listen(
    listener: TcpListener,
    port: u16,
    weather: Arc<Mutex<Weather>>,
    cuts: watch::Receiver<u64>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let now = *weather.lock().unwrap_or_else(PoisonError::into_inner);
        if Instant::now() < now.refused_until {
            continue;
        }
        tokio::spawn(connect(client, port, Arc::clone(&weather), cuts.clone()));
    }
}

async fn connect(
    client: TcpStream,
    port: u16,
    weather: Arc<Mutex<Weather>>,
    mut cuts: watch::Receiver<u64>,
) {
    cuts.mark_unchanged();
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else { return };
    client.set_nodelay(true).ok();
    server.set_nodelay(true).ok();
    let ((from_client, to_client), (from_server, to_server)) =
        (client.into_split(), server.into_split());
    tokio::select! {
        _ = cuts.changed() => {}
        _ = pass(from_client, to_server, &weather) => {}
        _ = pass(from_server, to_client, &weather) => {}
    }
}

async fn pass(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    weather: &Mutex<Weather>,
) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let length = from.read(&mut chunk).await?;
        if length == 0 {
            return Ok(());
        }
        let now = *weather.lock().unwrap_or_else(PoisonError::into_inner);
        if Instant::now() < now.slow_until {
            sleep(now.delay).await;
        }
        to.write_all(chunk.get(..length).unwrap_or_default()).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that sends back what it gets.
    async fn echo() -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = client.split();
                    tokio::io::copy(&mut from, &mut to).await.ok();
                });
            }
        });
        port
    }

    async fn connected(proxy: &Proxy) -> TcpStream {
        TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).await.unwrap()
    }

    async fn answers(line: &mut TcpStream) -> bool {
        let mut answer = [0; 4];
        let asked = line.write_all(b"ping").await;
        asked.is_ok() && line.read_exact(&mut answer).await.is_ok() && answer == *b"ping"
    }

    #[tokio::test]
    async fn it_passes_on_cuts_and_refuses_for_a_time() {
        let proxy = Proxy::to(echo().await).await.unwrap();
        let mut line = connected(&proxy).await;
        assert!(answers(&mut line).await);
        proxy.cut();
        assert!(!answers(&mut line).await);
        assert!(answers(&mut connected(&proxy).await).await, "a cut is no refusal");
        proxy.refuse(Duration::from_hours(1));
        assert!(!answers(&mut connected(&proxy).await).await);
        proxy.calm();
        assert!(answers(&mut connected(&proxy).await).await);
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_late_when_it_is_slow() {
        let proxy = Proxy::to(echo().await).await.unwrap();
        let mut line = connected(&proxy).await;
        proxy.slow(Duration::from_secs(5), Duration::from_hours(1));
        let begun = Instant::now();
        assert!(answers(&mut line).await);
        assert!(begun.elapsed() >= Duration::from_secs(10), "late both ways");
    }
}
