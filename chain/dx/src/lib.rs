//! A peer of Airo's Dx network.
//!
//! Dx carries opaque bytes under the hash of the bytes. A peer finds others by Kademlia, exchanges blocks with them by
//! Bitswap, and asks those that keep data for others to keep what is uploaded through it; it is itself such a storer.
//! The TypeScript peers in `lib/dx` speak the same protocols, which `docs/dx-protocol.md` describes.
//!
//! | module         | holds                                                              |
//! | -------------- | ------------------------------------------------------------------ |
//! | [`content_id`] | what data is called                                                |
//! | [`dag`]        | how data becomes blocks, and how nodes are read                    |
//! | [`peer`]       | the running peer: upload, download, and what it says of itself     |
//! | [`rpc`]        | the JSON-RPC methods                                               |
//! | `transports`   | how litep2p is set up, with its limits                             |
//! | `webrtc`       | the certificate of webrtc-direct                                   |
//! | `network`      | the one task that owns the transports and Kademlia                 |
//! | `servers`      | staying connected to the peers through which the network is joined |
//! | `streams`      | streams of our own protocols                                       |
//! | `frames`       | the length-prefixed messages on them                               |
//! | `bitswap`      | asking for blocks and giving them                                  |
//! | `keep`         | asking others to keep data, and keeping it for them                |
//! | `storers`      | the connected peers that keep data for others                      |
//! | `store`        | what is kept, for how long, and in how much room                   |
//! | `announcer`    | telling Kademlia what is kept here                                 |
//! | `upload`       | getting others to hold data                                        |
//! | `download`     | putting data together from its blocks                              |
//! | `metrics`      | what is counted                                                    |
//! | `tasks`        | the tasks of a peer, which end together                            |

mod announcer;
mod bitswap;
pub mod config;
pub mod content_id;
pub mod dag;
mod download;
pub mod error;
mod frames;
mod keep;
mod metrics;
mod network;
pub mod peer;
pub mod rpc;
mod servers;
mod store;
mod storers;
mod streams;
mod tasks;
mod transports;
mod upload;
mod webrtc;

pub use config::Config;
pub use content_id::ContentId;
pub use error::{DxError, StartError};
pub use litep2p::{PeerId, types::multiaddr::Multiaddr};
pub use peer::{Dx, PeerInfo, Stat, Uploaded, start};
