import Bytes

extension PackageExtractor {
  /// Packages as setuptools installed them in one file each: a zip archive with its metadata in `EGG-INFO`.
  ///
  /// Source: setuptools.pypa.io, "The Internal Structure of Python Eggs".
  static let pythonEgg = PackageExtractor(
    name: "Python egg", matches: .ending(["egg"]),
    extract: { bytes, path in
      var found = Extraction()
      do throws(DocumentError) {
        let archive = try ZipReader(bytes)
        guard let metadata = archive.members.first(where: { $0.name == "EGG-INFO/PKG-INFO" }) else {
          found.noteUnknownForm(path)
          return found
        }
        guard metadata.size <= maximumMetadata else {
          found.note("\(metadata.name) unpacks to \(metadata.size) bytes", path, code: .limit)
          return found
        }
        return pythonInstalled.extract(try archive.content(metadata), path)
      } catch {
        found.note(error, path)
        return found
      }
    })

  /// In bytes.
  private static let maximumMetadata = 4 << 20
}
