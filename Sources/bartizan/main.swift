import BartizanCLI
import Dispatch
import Glibc

// A reader that closes early (`| head`) ends the program quietly instead of by a signal's message.
signal(SIGPIPE, SIG_DFL)
let words = Array(CommandLine.arguments.dropFirst())
// What reads bytes of others confines its process, so it runs before there are other threads: where the program itself were
// asynchronous, its first thread would end, and that asks for a descriptor.
if let status = CommandLineRun.read(words) { exit(status) }
Task {
  exit(
    await CommandLineRun.run(
      words, program: CommandLine.arguments.first ?? "bartizan", executable: "/proc/self/exe"))
}
dispatchMain()
