import BartizanCLI
import Glibc

// A reader that closes early (`| head`) ends the program quietly instead of by a signal's message.
signal(SIGPIPE, SIG_DFL)
exit(
  await CommandLineRun.run(
    Array(CommandLine.arguments.dropFirst()), program: CommandLine.arguments.first ?? "bartizan",
    executable: "/proc/self/exe"))
