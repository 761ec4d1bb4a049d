import Bytes
package import Findings
import Glibc

/// A process that works on bytes of others: it gets them through a socket, answers once they have ended, and has nothing
/// else of ours: no environment, no open file, and no standard error.
///
/// It is expected to confine itself further before it reads (`Confinement`).
package final class ConfinedProgram {
  private let process: pid_t
  private let descriptor: Int32
  private let patience: Duration
  private var isOver = false

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - path: of the program.
  ///   - patience: how long it may go on without taking a byte, or without an answer after the last one.
  /// - Throws: where it cannot be started.
  package init(_ path: String, _ arguments: [String], patience: Duration) throws(BartizanError) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw BartizanError(.remote, "a process could not be started: \(SystemError.last.message)")
    }
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    // A trap of the child is its end, and not the beginning of a report on it, which takes seconds and much memory.
    let variables = ["SWIFT_BACKTRACE=enable=no"]
    var child: pid_t = 0
    let words = ([path] + arguments).map { strdup($0) } + [nil]
    let environment = variables.map { strdup($0) } + [nil]
    defer { for word in words + environment { free(word) } }
    let result = posix_spawn(&child, path, &actions, nil, words, environment)
    guard result == 0 else {
      close(ends[0])
      throw BartizanError(.remote, "\(path) could not be started: \(SystemError(result).message)")
    }
    process = child
    descriptor = ends[0]
    self.patience = patience
  }

  /// The number of the process, as long as it has not been waited for.
  package var identifier: Int32 { process }

  deinit {
    if !isOver {
      kill(process, SIGKILL)
      _ = reap()
    }
    close(descriptor)
  }

  /// Why there is no answer.
  package struct Failure: Error, Sendable, Equatable {
    /// How it came to its end.
    package enum Reason: Sendable, Equatable {
      /// It took longer than it may.
      case hung
      /// It was ended by a signal: a trap, or a limit on memory or processor time.
      case signal(Int32)
      /// It ended by itself with this status.
      case status(Int32)
      /// It answered more than it may.
      case tooLong
    }

    package let reason: Reason

    package init(reason: Reason) { self.reason = reason }
  }

  /// Passes bytes on.
  package func send(_ bytes: RawSpan) throws(Failure) {
    var start = 0
    while start < bytes.byteCount {
      let sent = bytes.withUnsafeBytes { buffer in
        Glibc.send(
          descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start,
          Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if sent > 0 {
        start += sent
      } else if errno == EAGAIN || errno == EWOULDBLOCK {
        try wait(for: Int16(POLLOUT))
      } else if errno != EINTR {
        throw ended()
      }
    }
  }

  /// Ends the input, and takes the answer.
  ///
  /// - Parameter limit: of the answer, in bytes.
  package func finish(limit: Int) throws(Failure) -> [UInt8] {
    shutdown(descriptor, Int32(SHUT_WR))
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      try wait(for: Int16(POLLIN))
      let got = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { break }
      guard answer.count + got <= limit else { throw stop(.tooLong) }
      answer += buffer[..<got]
    }
    let reason = reap()
    guard reason == .status(0) else { throw Failure(reason: reason) }
    return answer
  }

  private func wait(for event: Int16) throws(Failure) {
    var watched = pollfd(fd: descriptor, events: event, revents: 0)
    let milliseconds = Int32(
      clamping: patience.components.seconds * 1000 + patience.components.attoseconds / 1_000_000_000_000_000)
    while true {
      let ready = poll(&watched, 1, milliseconds)
      if ready > 0 { return }
      if ready == 0 { throw stop(.hung) }
      if errno != EINTR { throw ended() }
    }
  }

  private func stop(_ reason: Failure.Reason) -> Failure {
    kill(process, SIGKILL)
    _ = reap()
    return Failure(reason: reason)
  }

  /// After the other end was closed: whether by its end or otherwise, it is over.
  private func ended() -> Failure {
    // A process that only closed its end would go on.
    shutdown(descriptor, Int32(SHUT_RDWR))
    return Failure(reason: reap())
  }

  private func reap() -> Failure.Reason {
    guard !isOver else { return .hung }
    isOver = true
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    // The macros of wait.h.
    let signal = status & 0x7F
    return signal == 0 ? .status((status >> 8) & 0xFF) : .signal(signal)
  }
}
