using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Notices.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class AtScale : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_recipients_round_id_state",
                table: "recipients");

            migrationBuilder.DropIndex(
                name: "ix_delivery_recipients_recipient_id",
                table: "delivery_recipients");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_due",
                table: "deliveries");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_provider_message",
                table: "deliveries");

            migrationBuilder.AddColumn<string>(
                name: "choice_reason",
                table: "rounds",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "held_until",
                table: "rounds",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "last_tier",
                table: "rounds",
                type: "smallint",
                nullable: false,
                defaultValue: (short)2);

            migrationBuilder.AddColumn<bool>(
                name: "shortened",
                table: "rounds",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "trace_parent",
                table: "rounds",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "name_en",
                table: "places",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "trace_parent",
                table: "outages",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "purpose",
                table: "deliveries",
                type: "smallint",
                nullable: false,
                defaultValue: (short)0);

            migrationBuilder.AddColumn<string>(
                name: "language",
                table: "asp_net_users",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "post",
                table: "asp_net_users",
                type: "character varying(16)",
                maxLength: 16,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "name_en",
                table: "areas",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "trace_parent",
                table: "announcements",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "certificates",
                columns: table => new
                {
                    round_id = table.Column<long>(type: "bigint", nullable: false),
                    statement = table.Column<string>(type: "text", nullable: false),
                    sha256 = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_certificates", x => x.round_id);
                    table.ForeignKey(
                        name: "fk_certificates_rounds_round_id",
                        column: x => x.round_id,
                        principalTable: "rounds",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "peers",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    role = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    version = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_peers", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "provider_allowances",
                columns: table => new
                {
                    key = table.Column<string>(type: "text", nullable: false),
                    free_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_provider_allowances", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "provider_places",
                columns: table => new
                {
                    key = table.Column<string>(type: "text", nullable: false),
                    worker = table.Column<string>(type: "text", nullable: false),
                    held = table.Column<int>(type: "integer", nullable: false),
                    wanted = table.Column<int>(type: "integer", nullable: false),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_provider_places", x => new { x.key, x.worker });
                });

            migrationBuilder.CreateTable(
                name: "readings",
                columns: table => new
                {
                    name = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    content = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_readings", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "relay_deliveries",
                columns: table => new
                {
                    delivery_id = table.Column<long>(type: "bigint", nullable: false),
                    telling_id = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_relay_deliveries", x => new { x.delivery_id, x.telling_id });
                });

            migrationBuilder.CreateTable(
                name: "relay_tellings",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    round_id = table.Column<long>(type: "bigint", nullable: false),
                    relay_person_id = table.Column<long>(type: "bigint", nullable: false),
                    places = table.Column<string>(type: "text", nullable: false),
                    language = table.Column<string>(type: "text", nullable: false),
                    told = table.Column<bool>(type: "boolean", nullable: true),
                    told_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_relay_tellings", x => x.id);
                    table.ForeignKey(
                        name: "fk_relay_tellings_rounds_round_id",
                        column: x => x.round_id,
                        principalTable: "rounds",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "scheduled_moments",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    outage_id = table.Column<long>(type: "bigint", nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    state = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    done_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    rule = table.Column<string>(type: "text", nullable: false),
                    source = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_scheduled_moments", x => x.id);
                    table.ForeignKey(
                        name: "fk_scheduled_moments_outages_outage_id",
                        column: x => x.outage_id,
                        principalTable: "outages",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "staff_rings",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    moment_id = table.Column<long>(type: "bigint", nullable: false),
                    outage_id = table.Column<long>(type: "bigint", nullable: false),
                    user_id = table.Column<string>(type: "text", nullable: true),
                    medium = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: true),
                    language = table.Column<string>(type: "text", nullable: false),
                    subject = table.Column<string>(type: "text", nullable: false),
                    body = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    attempts = table.Column<short>(type: "smallint", nullable: false),
                    lease_owner = table.Column<string>(type: "text", nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    provider = table.Column<string>(type: "text", nullable: true),
                    provider_message_id = table.Column<string>(type: "text", nullable: true),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_staff_rings", x => x.id);
                    table.ForeignKey(
                        name: "fk_staff_rings_asp_net_users_user_id",
                        column: x => x.user_id,
                        principalTable: "asp_net_users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_staff_rings_scheduled_moments_moment_id",
                        column: x => x.moment_id,
                        principalTable: "scheduled_moments",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_relay_persons_organisation_id_phone",
                table: "relay_persons",
                columns: new[] { "organisation_id", "phone" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_recipients_round_id_state_tier_reason",
                table: "recipients",
                columns: new[] { "round_id", "state", "tier", "reason" });

            migrationBuilder.CreateIndex(
                name: "ix_delivery_recipients_recipient_id_delivery_id",
                table: "delivery_recipients",
                columns: new[] { "recipient_id", "delivery_id" });

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_message",
                table: "deliveries",
                columns: new[] { "provider_message_id", "provider" },
                filter: "state >= 6 AND provider_message_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_unconfirmed",
                table: "deliveries",
                column: "due_at",
                filter: "state = 3 AND due_at < expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_waiting",
                table: "deliveries",
                columns: new[] { "tier", "round_id", "medium", "due_at" },
                filter: "state = 4");

            migrationBuilder.CreateIndex(
                name: "ix_relay_deliveries_telling_id",
                table: "relay_deliveries",
                column: "telling_id");

            migrationBuilder.CreateIndex(
                name: "ix_relay_tellings_relay_person_id",
                table: "relay_tellings",
                column: "relay_person_id");

            migrationBuilder.CreateIndex(
                name: "ix_relay_tellings_round_id_relay_person_id",
                table: "relay_tellings",
                columns: new[] { "round_id", "relay_person_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_scheduled_moments_due_at",
                table: "scheduled_moments",
                column: "due_at",
                filter: "state = 'Waiting'");

            migrationBuilder.CreateIndex(
                name: "ix_scheduled_moments_outage_id_key",
                table: "scheduled_moments",
                columns: new[] { "outage_id", "key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_staff_rings_due_at",
                table: "staff_rings",
                column: "due_at",
                filter: "state = 'Waiting'");

            migrationBuilder.CreateIndex(
                name: "ix_staff_rings_lease_until",
                table: "staff_rings",
                column: "lease_until",
                filter: "state = 'Claimed'");

            migrationBuilder.CreateIndex(
                name: "ix_staff_rings_moment_id",
                table: "staff_rings",
                column: "moment_id");

            migrationBuilder.CreateIndex(
                name: "ix_staff_rings_outage_id",
                table: "staff_rings",
                column: "outage_id");

            migrationBuilder.CreateIndex(
                name: "ix_staff_rings_user_id",
                table: "staff_rings",
                column: "user_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "certificates");

            migrationBuilder.DropTable(
                name: "peers");

            migrationBuilder.DropTable(
                name: "provider_allowances");

            migrationBuilder.DropTable(
                name: "provider_places");

            migrationBuilder.DropTable(
                name: "readings");

            migrationBuilder.DropTable(
                name: "relay_deliveries");

            migrationBuilder.DropTable(
                name: "relay_tellings");

            migrationBuilder.DropTable(
                name: "staff_rings");

            migrationBuilder.DropTable(
                name: "scheduled_moments");

            migrationBuilder.DropIndex(
                name: "ix_relay_persons_organisation_id_phone",
                table: "relay_persons");

            migrationBuilder.DropIndex(
                name: "ix_recipients_round_id_state_tier_reason",
                table: "recipients");

            migrationBuilder.DropIndex(
                name: "ix_delivery_recipients_recipient_id_delivery_id",
                table: "delivery_recipients");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_message",
                table: "deliveries");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_unconfirmed",
                table: "deliveries");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_waiting",
                table: "deliveries");

            migrationBuilder.DropColumn(
                name: "choice_reason",
                table: "rounds");

            migrationBuilder.DropColumn(
                name: "held_until",
                table: "rounds");

            migrationBuilder.DropColumn(
                name: "last_tier",
                table: "rounds");

            migrationBuilder.DropColumn(
                name: "shortened",
                table: "rounds");

            migrationBuilder.DropColumn(
                name: "trace_parent",
                table: "rounds");

            migrationBuilder.DropColumn(
                name: "name_en",
                table: "places");

            migrationBuilder.DropColumn(
                name: "trace_parent",
                table: "outages");

            migrationBuilder.DropColumn(
                name: "purpose",
                table: "deliveries");

            migrationBuilder.DropColumn(
                name: "language",
                table: "asp_net_users");

            migrationBuilder.DropColumn(
                name: "post",
                table: "asp_net_users");

            migrationBuilder.DropColumn(
                name: "name_en",
                table: "areas");

            migrationBuilder.DropColumn(
                name: "trace_parent",
                table: "announcements");

            migrationBuilder.CreateIndex(
                name: "ix_recipients_round_id_state",
                table: "recipients",
                columns: new[] { "round_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_delivery_recipients_recipient_id",
                table: "delivery_recipients",
                column: "recipient_id");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_due",
                table: "deliveries",
                columns: new[] { "tier", "due_at" },
                filter: "state = 4");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_provider_message",
                table: "deliveries",
                columns: new[] { "provider", "provider_message_id" },
                filter: "state = 6");
        }
    }
}
