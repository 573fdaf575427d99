import Provisioning
import Testing

@Suite struct NameFormTests {
    @Test(arguments: [
        ("m5.large", "m5.large"), ("m5.large", "M5.*"), ("Standard_D2s_v5", "standard_*"), ("", "*"), ("", ""),
        ("a", "**"), ("g4ad.xlarge", "g4ad.*"), ("c2d-standard-16", "*-standard-*"), ("aab", "*ab"),
        ("abcabd", "a*b*d"), ("[x]", "[X]"), ("Größe-1", "grö*-1"),
    ])
    func aNameHasItsForm(name: String, form: String) { #expect(matches(name, form)) }

    @Test(arguments: [
        ("m5.large", "m5"), ("m5.large", "*.xlarge"), ("", "a"), ("a", ""), ("ab", "a"), ("ab", "*a"), ("ba", "a*"),
        ("ab", "ab*b"), ("`", "@"), ("{x}", "[x]"), ("é", "e*"), ("x", "é"),
    ])
    func anotherHasNot(name: String, form: String) { #expect(!matches(name, form)) }
}
