package import Findings
import Glibc
import Images
import Transport

/// A file mapped into memory, read without copying.
///
/// `@unchecked Sendable`: the mapping is private and read-only for its whole life, and the two stored properties never
/// change, so all threads see the same state.
package final class MappedFile: StoreBytes, @unchecked Sendable {
  private let base: UnsafeRawPointer
  /// Size of the file in bytes when it was mapped.
  package let count: Int

  /// - Throws: one line when the file cannot be opened or mapped.
  package init(_ path: String) throws(BartizanError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BartizanError(.input, "\(path): \(FileReader.lastError())") }
    defer { close(descriptor) }
    guard let status = FileStatus(descriptor: descriptor), status.kind == .file, status.size > 0 else {
      throw BartizanError(.input, "\(path): not a file with anything in it")
    }
    count = status.size
    guard let mapped = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), mapped != MAP_FAILED else {
      throw BartizanError(.input, "\(path): \(FileReader.lastError())")
    }
    base = UnsafeRawPointer(mapped)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: base), count) }

  package func slice(_ range: Range<Int>) -> [UInt8] {
    let bounded = range.clamped(to: 0..<count)
    return [UInt8](UnsafeRawBufferPointer(start: base + bounded.lowerBound, count: bounded.count))
  }

  package func number(_ place: Int, _ width: Int) -> Int {
    guard place >= 0, place + width <= count else { return 0 }
    var value = 0
    for index in (0..<width).reversed() {
      value = value << 8 | Int(base.load(fromByteOffset: place + index, as: UInt8.self))
    }
    return value
  }
}
