namespace Notices.Testing;

/// <summary>The settings of <see cref="MailServers"/>.</summary>
internal static class MailServerFiles
{
    /// <summary>Refuses what it may not take, and gives up at once what the next server does not take now.</summary>
    internal static string Main(string folder, int grey, int auth) => $"""
        compatibility_level = 3.6
        queue_directory = {folder}/queue
        data_directory = {folder}/data
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        mail_owner = postfix
        setgid_group = postdrop
        maillog_file = {folder}/mail.log
        maillog_file_prefixes = {folder}
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        myhostname = mail.example.org
        mydestination =
        mynetworks =
        alias_maps =
        local_recipient_maps =
        virtual_mailbox_domains = example.org
        virtual_mailbox_base = {folder}
        virtual_mailbox_maps = static:box/
        virtual_uid_maps = static:65534
        virtual_gid_maps = static:65534
        transport_maps = texthash:{folder}/postfix/transport
        bounce_queue_lifetime = 0
        maximal_queue_lifetime = 0
        smtpd_tls_cert_file = {folder}/server.pem
        smtpd_tls_key_file = {folder}/key.pem
        smtpd_tls_security_level = may
        smtpd_tls_auth_only = yes
        smtpd_sasl_auth_enable = yes
        smtpd_sasl_type = dovecot
        smtpd_sasl_path = inet:127.0.0.1:{auth}
        smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
        smtpd_restriction_classes = greylist
        greylist = check_policy_service inet:127.0.0.1:{grey}
        smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/postfix/access, permit

        """;

    internal static string Master(string folder, int smtp, int smtps, int next) => $"""
        127.0.0.1:{smtp} inet n - n - - smtpd
        127.0.0.1:{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
        127.0.0.1:{next} inet n - n - - smtpd -o smtpd_relay_restrictions=permit -o smtpd_recipient_restrictions=check_recipient_access,texthash:{folder}/postfix/next,reject
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        proxymap unix - - n - - proxymap
        smtp unix - - n - - smtp
        error unix - - n - - error
        retry unix - - n - - error
        discard unix - - n - - discard
        virtual unix - n n - - virtual
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        postlog unix-dgram n - n - 1 postlogd

        """;

    internal static string Dovecot(string folder, string password, int imap, int imaps, int auth) => $$"""
        base_dir = {{folder}}/dovecot/run
        state_dir = {{folder}}/dovecot/state
        log_path = {{folder}}/dovecot.log
        protocols = imap
        listen = 127.0.0.1
        ssl = required
        ssl_cert = <{{folder}}/server.pem
        ssl_key = <{{folder}}/key.pem
        mail_location = maildir:{{folder}}/box
        first_valid_uid = 1
        auth_mechanisms = plain login
        disable_plaintext_auth = yes
        passdb {
          driver = static
          args = password={{password}}
        }
        userdb {
          driver = static
          args = uid=65534 gid=65534 home={{folder}}/dovecot
        }
        namespace inbox {
          inbox = yes
        }
        service imap-login {
          inet_listener imap {
            port = {{imap}}
          }
          inet_listener imaps {
            port = {{imaps}}
            ssl = yes
          }
        }
        service auth {
          inet_listener {
            port = {{auth}}
          }
        }

        """;
}
