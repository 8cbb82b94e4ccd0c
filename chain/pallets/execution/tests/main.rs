//! The behaviour of the pallet, call by call.

mod answers;
mod attacks;
mod deadlines;
mod endings;
mod reading;
mod records;
mod requests;
