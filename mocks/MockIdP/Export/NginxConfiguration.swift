/// An nginx configuration that serves exported pages as the vendors would.
///
/// A request is found by path, parameters and `Range` through a map. Pages that are not the last of
/// Heroku's lists go out with status 206: nginx has no direct way, so they take the one for errors.
struct NginxConfiguration: Sendable {
  let pages: [PageExport.Page]
  let herokuPort: UInt16
  let oktaPort: UInt16

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  private func map(_ source: String, _ variable: String, _ lines: [String]) -> String {
    "map \(source) $\(variable) {\n  default \"\";\n" + lines.map { "  \($0);\n" }.joined() + "}\n"
  }

  private func map(
    _ variable: String, _ value: (PageExport.Page) -> String?
  ) -> String {
    map(
      "$page", variable,
      pages.compactMap { page in value(page).map { "\(Self.quoted(page.file)) \(Self.quoted($0))" }
      }
    )
  }

  /// The maps from requests to pages, and from pages to their headers.
  var maps: String {
    let parameters = PageExport.Request.parameters.map { "${arg_\($0)}" }.joined(separator: "|")
    let key = { (vendor: Vendor) in
      pages.filter { $0.vendor == vendor }
        .map { "\(Self.quoted($0.key)) \(Self.quoted($0.file))" }
    }
    let source = "\"$uri|\(parameters)|$http_range\""
    return map(source, "heroku_page", key(.heroku))
      + map(source, "okta_page", key(.okta))
      + map("$server_name", "page", ["heroku $heroku_page", "okta $okta_page"])
      + map("partial") { $0.isPartial ? "1" : nil }
      + map("next_range") { $0.vendor == .heroku ? $0.next : nil }
      + map("link_self") { $0.own }
      + map("link_next") { $0.vendor == .okta ? $0.next : nil }
      + map("tag") { $0.tag }
  }

  private func server(_ vendor: Vendor, port: UInt16, headers: [String], missing: String) -> String
  {
    let headers = headers.map { "      add_header \($0);\n" }.joined()
    return """
        server {
          listen 127.0.0.1:\(port);
          server_name \(vendor.rawValue);
          root pages;
          location / {
            error_page 418 =206 /$page;
            add_header ETag $tag;
            if ($page = "") { return 404 '\(missing)'; }
            if ($unchanged) { return 304; }
            if ($partial) { return 418; }
            rewrite ^ /$page last;
          }
          location /\(vendor.rawValue)/ {
            internal;
            etag off;
            if_modified_since off;
            max_ranges 0;
      \(headers)    }
          location = /oauth2/v1/token {
            return 200 '{"token_type":"Bearer","expires_in":3600,"access_token":"exported"}';
          }
        }

      """
  }

  /// The main file; it includes the maps.
  var main: String {
    let heroku = server(
      .heroku, port: herokuPort,
      headers: [
        "Next-Range $next_range", "ETag $tag", "Accept-Ranges email",
        "RateLimit-Remaining 4499", "Request-Id $request_id",
      ], missing: #"{"id":"not_found","message":"This request was not exported."}"#)
    let okta = server(
      .okta, port: oktaPort,
      headers: [
        "Link $link_self", "Link $link_next", "X-Rate-Limit-Limit 1000000",
        "X-Rate-Limit-Remaining 999999", "X-Rate-Limit-Reset 4102444800",
        "X-Okta-Request-Id $request_id",
      ], missing: #"{"errorCode":"E0000007","errorSummary":"This request was not exported."}"#)
    return """
      worker_processes 1;
      daemon off;
      pid nginx.pid;
      error_log error.log;
      events { worker_connections 1024; }
      http {
        access_log off;
        default_type application/json;
        types { application/json json; }
        sendfile on;
        tcp_nopush on;
        keepalive_requests 100000000;
        open_file_cache max=20000 inactive=1h;
        map_hash_max_size 262144;
        map_hash_bucket_size 1024;
        client_body_temp_path tmp/body;
        proxy_temp_path tmp/proxy;
        fastcgi_temp_path tmp/fastcgi;
        uwsgi_temp_path tmp/uwsgi;
        scgi_temp_path tmp/scgi;
        include maps.conf;
        map "$tag|$http_if_none_match" $unchanged {
          default "";
          "~^(.+)\\|\\1$" 1;
        }
      \(heroku)\(okta)}

      """
  }
}
