import Glibc

/// Why a call of the operating system failed.
package struct SystemError: Error, Sendable, Hashable {
  /// The `errno`.
  package let number: Int32

  package init(_ number: Int32) { self.number = number }

  /// That of the call before this one.
  static var last: SystemError { SystemError(errno) }

  /// The system's own words, such as `No space left on device`.
  package var message: String { String(cString: strerror(number)) }
}
