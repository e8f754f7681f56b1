//! Everything an editor could ask of a blueprint, in plain data.
