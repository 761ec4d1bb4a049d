import Kube
import Testing

@Suite struct ManifestNameTests {
  @Test(arguments: [
    ("a.yaml", ManifestName.manifest), ("d/A.YML", .manifest), ("a.json.gz", .manifest), ("a.yaml.zst", .manifest),
    ("a.tar", .archive), ("a.tgz", .archive), ("a.TAR.gz", .archive), ("a.tar.zst", .archive), ("a.zip", .archive),
    ("a.tar.xz", .packed), ("a.yaml.bz2", .packed), ("a.7z", .packed), ("a.txz", .packed), ("a.txt", .other),
    ("a.gz", .other), ("yaml", .other), ("a.yaml/b", .other), ("a.log.xz", .other), (".yaml", .manifest),
  ]) func kinds(_ name: String, _ kind: ManifestName) {
    #expect(ManifestName(name) == kind, "\(name)")
  }

  @Test func foldersOfTools() {
    #expect(ManifestName.toolFolder(in: "a/.git/b.yaml") == ".git" && ManifestName.toolFolder(in: ".venv/b") == ".venv")
    #expect(ManifestName.toolFolder(in: ".gitops/a.yaml") == nil && ManifestName.toolFolder(in: "a/.git") == nil)
  }

  /// What is escaped in JSON may be an object's field.
  @Test(arguments: [
    ("apiVersion: v1\n", false), ("{\"api\\u0056ersion\": 1}", false), ("// a: 1\n", true), ("on: [push]\n", true),
  ]) func hiddenFilesWithoutObjectsAreForeign(_ text: String, _ isForeign: Bool) {
    #expect(ManifestName.isForeign(Array(text.utf8), ".a/b.json") == isForeign)
    #expect(!ManifestName.isForeign(Array(text.utf8), "a/b.json"))
  }
}
