//! The binary: hands the arguments over.

fn main() -> std::process::ExitCode {
    exeunt::cli::run()
}
