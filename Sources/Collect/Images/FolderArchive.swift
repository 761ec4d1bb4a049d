import Bytes
import Findings
import Images
import Transport

/// A folder with an OCI layout, or with an unpacked archive of `docker save`.
struct FolderArchive: ImageArchive {
  let folder: String
  let limits: Limits

  private func path(_ name: String) -> String? {
    guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else { return nil }
    let path = folder + "/" + name
    // A link of a layout may lead within it; what lies elsewhere on this machine is not the image's.
    guard let real = FilePaths.real(path), let root = FilePaths.real(folder), real.hasPrefix(root + "/") || root == "/"
    else { return nil }
    return path
  }

  func document(_ name: String) async throws(BartizanError) -> [UInt8]? {
    guard let path = path(name) else { return nil }
    let file = try FilePart(path)
    guard file.length <= limits.manifestBytes else {
      throw BartizanError(.input, "\(name) has \(file.length) bytes; more than \(limits.manifestBytes) are not read")
    }
    var bytes = [UInt8](repeating: 0, count: file.length)
    let got = try file.read(&bytes, at: 0)
    return Array(bytes[..<got])
  }

  func layer(_ name: String, into scanner: any LayerReader) async throws(BartizanError) {
    guard let path = path(name) else { throw BartizanError(.input, "the layer is not in it") }
    try FilePart(path).pump { (bytes) throws(BartizanError) in scanner.feed(bytes) }
  }

  func stamp(ofLayer name: String) -> LayerStamp? { path(name).flatMap { LayerStamp($0) } }

  func sum(ofLayer name: String) async throws(BartizanError) -> LayerSum {
    guard let path = path(name) else { throw BartizanError(.input, "the layer is not in it") }
    return .made(try FilePart(path).sum())
  }
}
