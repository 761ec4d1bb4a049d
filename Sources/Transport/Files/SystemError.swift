import Glibc

/// Why a call of the operating system failed.
package struct SystemError: Error, Sendable, Hashable {
  /// The `errno`.
  package let number: Int32

  package init(_ number: Int32) { self.number = number }

  /// The error of the call just before.
  static var last: SystemError { SystemError(errno) }

  /// The system's message, such as `No space left on device`.
  package var message: String { String(cString: strerror(number)) }
}
