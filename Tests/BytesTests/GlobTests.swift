import Bytes
import Testing

@Suite struct GlobTests {
  @Test(arguments: [
    ("*.yaml", "a.yaml", true), ("*.yaml", "d/a.yaml", false), ("**/*.yaml", "a.yaml", true),
    ("**/*.yaml", "d/e/a.yaml", true), ("d/**", "d/e/f", true), ("d/**/f", "d/f", true), ("d/**/f", "d/x/y/f", true),
    ("a?c", "abc", true), ("a?c", "a/c", false), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false),
    ("[!a-c]x", "dx", true),
    ("", "", true), ("*", "", true), ("a*b*c", "axxbyyc", true), ("a*b*c", "axxbyy", false), ("[", "[", true),
  ])
  func matches(_ pattern: String, _ text: String, _ expected: Bool) {
    #expect(Glob(pattern).matches(text) == expected)
  }
}
