import Glibc

/// Asks a person for a password at the terminal of the process, whatever standard input and output are.
package enum PasswordPrompt {
  /// Longest password, in bytes.
  private static let limit = 4_096

  /// - Returns: the line without its end, not shown while it is typed; nil where there is no terminal, or the line was given up.
  package static func ask(_ prompt: String) throws(SystemError) -> [UInt8]? {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    var settings = termios()
    guard tcgetattr(terminal, &settings) == 0 else { return nil }
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    try FileWriter.write(Array(prompt.utf8), to: terminal)
    guard tcsetattr(terminal, TCSAFLUSH, &silent) == 0 else { throw .last }
    defer {
      tcsetattr(terminal, TCSAFLUSH, &settings)
      try? FileWriter.write([0x0A], to: terminal)
    }
    var line: [UInt8] = []
    while line.count < limit {
      var byte: UInt8 = 0
      let count = read(terminal, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .last }
      if count == 0 { return line.isEmpty ? nil : line }
      if byte == 0x0A { return line }
      line.append(byte)
    }
    throw SystemError(EMSGSIZE)
  }
}
