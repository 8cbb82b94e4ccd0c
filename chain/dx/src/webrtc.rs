//! The certificate of the webrtc-direct listener. Its hash is part of the address, so it is made once and kept: litep2p's
//! own would be another one after each start. Browsers check the hash and nothing else of it.

use crate::StartError;
use litep2p::transport::webrtc::DtlsCertificate;
use std::{fs, io, path::Path};

const FOLDER: &str = "webrtc";
const CERTIFICATE: &str = "certificate.der";
const PRIVATE_KEY: &str = "private-key.der";

/// The certificate in a folder; when there is none, it is made. Without a folder it is a new one.
///
/// What is there but cannot be read is never overwritten.
pub(crate) fn certificate(base_path: Option<&Path>) -> Result<DtlsCertificate, StartError> {
	let Some(base_path) = base_path else { return make() };
	let folder = base_path.join(FOLDER);
	let failed = |error| StartError::Folder { path: folder.display().to_string(), error };
	if !folder.try_exists().map_err(failed)? {
		save(base_path, &make()?).map_err(failed)?;
	}
	let read = || Ok((fs::read(folder.join(CERTIFICATE))?, fs::read(folder.join(PRIVATE_KEY))?));
	let (certificate, private_key) = read().map_err(failed)?;
	DtlsCertificate::load(certificate, private_key).map_err(|error| StartError::Network(error.to_string()))
}

fn make() -> Result<DtlsCertificate, StartError> {
	DtlsCertificate::new().map_err(|error| StartError::Network(error.to_string()))
}

/// Written aside and moved into place: a crash leaves both files or none.
fn save(base_path: &Path, certificate: &DtlsCertificate) -> io::Result<()> {
	let aside = base_path.join(format!("{FOLDER}.new"));
	if aside.exists() {
		fs::remove_dir_all(&aside)?;
	}
	fs::create_dir_all(&aside)?;
	own(&aside)?;
	let (certificate, private_key) = certificate.as_parts();
	fs::write(aside.join(CERTIFICATE), certificate)?;
	fs::write(aside.join(PRIVATE_KEY), private_key)?;
	fs::rename(aside, base_path.join(FOLDER))
}

/// Nobody but the owner may look into the folder.
#[cfg(unix)]
fn own(folder: &Path) -> io::Result<()> {
	use std::os::unix::fs::PermissionsExt;
	fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn own(_: &Path) -> io::Result<()> {
	Ok(())
}
