import Bytes
import Testing

/// Small tools for texts: what stands where, which path is meant, and what a shell makes of a word.
@Suite struct WordTests {
  @Test(
    arguments: [
      ("abc", "b", 1), ("aab", "ab", 1), ("aaab", "aab", 1), ("abc", "abc", 0), ("abc", "abcd", nil), ("", "a", nil),
      ("abc", "", 0), ("xyxyz", "xyz", 2), ("ab", "b", 1),
    ] as [(String, String, Int?)])
  func isFound(_ text: String, _ wanted: String, _ place: Int?) {
    let bytes = Array("--\(text)".utf8)[2...]
    #expect(ByteSearch.first(of: Array(wanted.utf8), in: bytes).map { $0 - 2 } == place)
    #expect(ByteSearch.contains(bytes, wanted) == (place != nil))
    // Behind the place that was found it is looked for again.
    if let place, !wanted.isEmpty, let next = ByteSearch.first(of: Array(wanted.utf8), in: bytes, from: place + 3) {
      #expect(next > place + 2)
    }
  }

  @Test(
    arguments: [
      ("a/b", "", "a/b"), ("./a//b/.", "c", "c/a/b"), ("../a", "b/c", "b/a"), ("..", "b", ""), ("../..", "b", nil),
      ("/a", "b", nil), ("a/../../b", "c", "b"), ("", "c", "c"),
    ] as [(String, String, String?)])
  func isMeant(_ target: String, _ folder: String, _ path: String?) {
    #expect(RelativePath.resolve(target, in: folder) == path)
  }

  @Test(arguments: [
    ("plain-name_1.yaml", "plain-name_1.yaml"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'"),
    ("$(rm)", "'$(rm)'"), ("a\nb", "'a?b'"), ("ä", "'ä'"),
  ])
  func isQuoted(_ word: String, _ quoted: String) { #expect(ShellWord.quoted(word) == quoted) }
}
