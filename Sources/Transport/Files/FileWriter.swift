package import Findings
import Glibc

/// Writes files that the user names, and files that are kept for the next run.
///
/// A named file is written with the visible effects of `open(2)` with `O_TRUNC`: links are followed, devices, pipes and
/// sockets receive the bytes and stay what they are, and a file keeps its owner, permissions and other names. Regular
/// files are written to a temporary file and renamed, so that no reader ever sees half of one.
package enum FileWriter {
  /// - Parameter body: passes all bytes to its argument, in order.
  /// - Throws: `input` where the place cannot be written to at all, `remote` where writing failed.
  package static func write(
    _ path: String, _ body: (_ write: ([UInt8]) -> Void) -> Void
  ) throws(BartizanError) {
    do throws(Failure) {
      switch try FilePlace(path).kind {
      case .new(let real): try writeWhole(real, like: nil, body)
      case .plain(let real, let status): try writeWhole(real, like: status, body)
      case .inPlace(let real): try writeInPlace(real, body)
      }
    } catch {
      throw error.explained(path)
    }
  }

  package static func write(_ bytes: [UInt8], to path: String) throws(BartizanError) {
    try write(path) { $0(bytes) }
  }

  /// Replaces a file as a whole. Processes that have the old file open keep it; it is never overwritten in place.
  ///
  /// - Throws: `input` where something other than a regular file is there.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(BartizanError) {
    do throws(Failure) {
      let place = try FilePlace(path)
      guard let real = place.replaceable else { throw .opening(SystemError(EEXIST)) }
      do throws(SystemError) {
        let file = try AtomicFile(real, mode: 0o666)
        if case .plain(_, let status) = place.kind { try file.copyRights(of: status) }
        try file.write(bytes)
        try file.finish(isDurable: true)
      } catch {
        throw .writing(error)
      }
    } catch {
      throw error.explained(path)
    }
  }

  /// Writes a file that only its owner may read, creates its folders the same way, and replaces what is there.
  package static func writePrivate(_ bytes: [UInt8], to path: String) throws(BartizanError) {
    do throws(SystemError) {
      FilePaths.makeFolders(FilePaths.folder(of: path), mode: 0o700)
      let file = try AtomicFile(path, mode: 0o600)
      try file.write(bytes)
      try file.finish(isDurable: false)
    } catch {
      throw BartizanError(.remote, "\(path) could not be written: \(error.message)", cause: error)
    }
  }

  /// Writes all bytes to an open descriptor, such as standard output.
  package static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + start }, $0.count - start)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw written < 0 ? .last : SystemError(EIO) }
      start += written
    }
  }

  // MARK: Atomic and in place

  enum Failure: Error {
    case opening(SystemError)
    case writing(SystemError)

    func explained(_ path: String) -> BartizanError {
      switch self {
      case .opening(let reason): BartizanError(.input, "\(path): \(reason.message)", cause: reason)
      case .writing(let reason):
        BartizanError(.remote, "\(path) could not be written: \(reason.message)", cause: reason)
      }
    }
  }

  private static func writeWhole(
    _ path: String, like other: stat?, _ body: (([UInt8]) -> Void) -> Void
  ) throws(Failure) {
    // Where no file can be created in the folder, only the file itself can be written.
    guard let file = try? AtomicFile(path, mode: 0o666) else { return try writeInPlace(path, body) }
    if let other {
      do throws(SystemError) { try file.copyRights(of: other) } catch { return try writeInPlace(path, body) }
    }
    do throws(SystemError) {
      try pour(body, into: .file(file))
      // Writing clears the set-user-id and set-group-id bits.
      if let other { try file.copyRights(of: other) }
    } catch {
      throw .writing(error)
    }
    do throws(SystemError) { try file.finish(isDurable: true) } catch {
      // A file that is a mount point, as in containers, cannot be renamed over.
      guard error.number == EBUSY || error.number == EXDEV || error.number == EPERM else { throw .writing(error) }
      let descriptor = try opened(path)
      defer { close(descriptor) }
      do throws(SystemError) {
        try file.pieces { piece throws(SystemError) in try write(piece, to: descriptor) }
      } catch {
        throw .writing(error)
      }
    }
  }

  private static func writeInPlace(_ path: String, _ body: (([UInt8]) -> Void) -> Void) throws(Failure) {
    let descriptor = try opened(path)
    var failure: SystemError?
    do throws(SystemError) {
      try pour(body, into: .descriptor(descriptor))
    } catch {
      failure = error
    }
    // A full disk may show only on closing.
    if close(descriptor) != 0, failure == nil, errno != EINTR { failure = .last }
    if let failure { throw .writing(failure) }
  }

  private static func opened(_ path: String) throws(Failure) -> Int32 {
    let descriptor = FileName.withBytes(of: path) {
      open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0o666)
    }
    if descriptor >= 0 { return descriptor }
    let reason = SystemError.last
    // An open socket, as standard output may be, cannot be opened by its path.
    if reason.number == ENXIO, let number = FilePlace.openDescriptor(path) {
      let copy = dup(number)
      if copy >= 0 { return copy }
    }
    throw .opening(reason)
  }

  private enum Target {
    case file(AtomicFile)
    case descriptor(Int32)

    func take(_ bytes: [UInt8]) throws(SystemError) {
      switch self {
      case .file(let file): try file.write(bytes)
      case .descriptor(let descriptor): try FileWriter.write(bytes, to: descriptor)
      }
    }
  }

  /// Writes all pieces, up to the first failure.
  private static func pour(_ body: (([UInt8]) -> Void) -> Void, into target: Target) throws(SystemError) {
    var failure: SystemError?
    body { bytes in
      guard failure == nil else { return }
      do throws(SystemError) { try target.take(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
