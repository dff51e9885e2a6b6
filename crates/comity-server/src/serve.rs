//! `comity serve`.

use crate::{cli, data, exit::Code, telemetry};
use anyhow::Context as _;
use std::{io::Write as _, net::SocketAddr, path::Path, sync::Arc};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub async fn run(folder: &Path, arguments: cli::Serve) -> anyhow::Result<Code> {
    telemetry::start("info");
    let policy = if arguments.demo { "northwind" } else { "starter" };
    let data = data::open(folder, policy).await?;
    let listener = TcpListener::bind(arguments.listen).await;
    let listener = listener.with_context(|| format!("listening on {}", arguments.listen))?;
    let address = listener.local_addr()?;
    let app = data.app;
    if arguments.demo {
        app.start_demo().await?;
    }
    announce(&app, address).await?;
    app.start();
    tokio::spawn(crate::heartbeat::run(Arc::clone(&app), app.stop_token()));
    let stop = CancellationToken::new();
    let server = comity_http::serve(listener, Arc::clone(&app), stop.clone());
    let mut server = std::pin::pin!(server);
    let served = tokio::select! {
        ended = &mut server => ended,
        () = asked_to_stop() => {
            tracing::info!("stopping; what is in hand is finished first");
            stop.cancel();
            let finished = tokio::time::timeout(data.stop_within, server).await;
            finished.unwrap_or_else(|_| {
                tracing::warn!(waited = ?data.stop_within, "requests are still in hand; they are not waited for");
                Ok(())
            })
        }
    };
    // Only now: requests in hand needed the workers.
    app.stop().await;
    served?;
    Ok(Code::Ok)
}

/// Says where the server is, and how to begin when nobody owns it yet. These lines are what a person or a script waits for.
async fn announce(app: &comity_app::App, address: SocketAddr) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "Comity listens on http://{address}")?;
    if let Some(token) = app.setup_token().await? {
        writeln!(out, "Nobody owns this installation yet. Open this link once to set it up:")?;
        writeln!(out, "http://{address}/setup?token={token}")?;
    }
    out.flush()?;
    Ok(())
}

async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = interrupt.await;
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
