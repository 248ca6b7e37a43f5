//! Times in every form the API has been seen to use.
