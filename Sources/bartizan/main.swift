import BartizanCLI
import Dispatch
import Glibc

// A reader that closes early (`| head`) ends the program quietly instead of by a signal's message.
signal(SIGPIPE, SIG_DFL)
// Where a standard stream is closed, the next file that is opened would get its number, and reports would be written into it.
// Opened the other way round, it stays one that cannot be read or written.
for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(number, F_GETFD) == -1 {
  _ = open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
}
// Paths need not be UTF-8, of which the ready-made list would lose what they name.
let words = CommandLineRun.words(CommandLine.unsafeArgv, count: Int(CommandLine.argc))
// What reads bytes of others confines its process, so it runs before there are other threads: where the program itself were
// asynchronous, its first thread would end, and that asks for a descriptor.
if let status = CommandLineRun.read(words) { exit(status) }
Task {
  exit(
    await CommandLineRun.run(
      words, program: CommandLine.arguments.first ?? "bartizan", executable: "/proc/self/exe"))
}
dispatchMain()
