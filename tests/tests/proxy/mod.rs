//! A cable that can be cut: passes connections on to a server, until it is told not to.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use anyhow::{Context, Result};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

pub struct Proxy {
    port: u16,
    is_cut: Arc<AtomicBool>,
    /// Tells running connections to end.
    cuts: watch::Sender<u32>,
}

impl Proxy {
    /// Listens on a free port and passes on to the server of this address.
    pub async fn start(target: &str) -> Result<Self> {
        let target = target.rsplit("://").next().context("an address")?.trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let (cuts, _) = watch::channel(0);
        let is_cut = Arc::new(AtomicBool::new(false));
        tokio::spawn(pass_on(listener, target, Arc::clone(&is_cut), cuts.clone()));
        Ok(Self { port, is_cut, cuts })
    }

    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    pub fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        self.cuts.send_modify(|count| *count += 1);
    }

    pub fn mend(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
    }
}

async fn pass_on(listener: TcpListener, target: String, is_cut: Arc<AtomicBool>, cuts: watch::Sender<u32>) {
    while let Ok((mut near, _)) = listener.accept().await {
        if is_cut.load(Ordering::SeqCst) {
            continue;
        }
        let (target, mut cut) = (target.clone(), cuts.subscribe());
        tokio::spawn(async move {
            let Ok(mut far) = TcpStream::connect(&target).await else { return };
            tokio::select! {
                _ = copy_bidirectional(&mut near, &mut far) => {}
                _ = cut.changed() => {}
            }
        });
    }
}
