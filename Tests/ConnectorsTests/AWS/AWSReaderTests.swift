import Testing

@testable import AWS
@testable import ConnectorKit

@Suite("AWS's documents") struct AWSReaderTests {
  private static let reply = """
    <?xml version="1.0"?>
    <!-- a comment -->
    <a:ListUsersResponse xmlns:a="https://iam.amazonaws.com/doc/2010-05-08/" x='y>z'>
      <ListUsersResult><Users><member><UserName>ana &amp; &#x42;o &lt;&#33;</UserName></member>
        <member><UserName><![CDATA[<raw> & text]]></UserName><Path/></member></Users>
        <IsTruncated>false</IsTruncated></ListUsersResult>
    </a:ListUsersResponse>
    """

  @Test("elements, references, comments and character data are read")
  func xml() throws {
    let root = try XMLElement(parsing: Array(Self.reply.utf8))
    #expect(root.name == "ListUsersResponse")
    let users = root["ListUsersResult"]?.list("Users") ?? []
    #expect(users.map { $0["UserName"]?.text } == ["ana & Bo <!", "<raw> & text"])
    #expect(users[1]["Path"]?.text.isEmpty == true)
    #expect(root["ListUsersResult"]?["IsTruncated"]?.text == "false")
  }

  @Test(
    "what is damaged, declares anything or is nested without end is refused",
    arguments: [
      "", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&unknown;</a>", "<a>&#0;</a>", "<a b></a>",
      "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a><!DOCTYPE b></a>", "<a b=c/>",
      String(repeating: "<a>", count: 500) + String(repeating: "</a>", count: 500),
    ])
  func broken(text: String) {
    #expect(throws: WireError.self) { try XMLElement(parsing: Array(text.utf8)) }
  }

  @Test("a document that is cut anywhere is refused")
  func cut() {
    let bytes = Array(Self.reply.utf8)
    for count in 0..<bytes.count {
      #expect(throws: WireError.self) { try XMLElement(parsing: Array(bytes.prefix(count))) }
    }
  }

  private static let header =
    "user,arn,password_enabled,mfa_active,access_key_1_active,access_key_2_active,"
    + "cert_1_active,cert_2_active,a_new_column"

  @Test("the report is read by the names of its columns")
  func report() throws {
    let report = try IAMCredentialReport(
      csv: """
        \(Self.header)
        <root_account>,arn:aws:iam::111122223333:root,not_supported,TRUE,false,N/A,false,false,x
        "o'neil, ana",arn:aws:iam::111122223333:user/ana,FALSE,false,True,false,false,N/A,"a ""b"" c"
        """)
    #expect(report.account == "111122223333")
    #expect(report.users[0].isRoot && report.users[0].hasDevice == true)
    #expect(report.users[0].hasPassword == nil && !report.users[0].hasActiveKey)
    #expect(report.users[1].name == "o'neil, ana")
    #expect(report.users[1].hasPassword == false && report.users[1].hasActiveKey)
  }

  @Test(
    "a device that the report does not tell of is unknown for that user alone",
    arguments: ["N/A", "not_supported", "no_information"])
  func untoldDevice(word: String) throws {
    let report = try IAMCredentialReport(
      csv:
        "\(Self.header)\nana,arn,true,\(word),true,true,false,false,x\nbo,arn,true,false,true,true,false,false,x"
    )
    #expect(report.users.map(\.hasDevice) == [nil, false])
  }

  @Test(
    "a report that is not as documented is refused",
    arguments: [
      "", "user,arn\nana,a", "\(header)\nana,arn,true,true,true,true",
      "\(header)\nana,arn,true,perhaps,true,true,false,false,x",
    ])
  func strangeReport(text: String) {
    #expect(throws: WireError.self) { try IAMCredentialReport(csv: text) }
  }
}
