using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Notices.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class Archive : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "archived_at",
                table: "rounds",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "erased_at",
                table: "rounds",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "attempts_archive",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    delivery_id = table.Column<long>(type: "bigint", nullable: false),
                    batch = table.Column<string>(type: "text", nullable: false),
                    number = table.Column<short>(type: "smallint", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    provider = table.Column<string>(type: "text", nullable: false),
                    outcome = table.Column<short>(type: "smallint", nullable: false),
                    detail = table.Column<string>(type: "text", nullable: true),
                    provider_message_id = table.Column<string>(type: "text", nullable: true),
                    call_result = table.Column<string>(type: "text", nullable: true),
                    keys_pressed = table.Column<string>(type: "text", nullable: true),
                    seconds = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_attempts_archive", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "deliveries_archive",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    round_id = table.Column<long>(type: "bigint", nullable: false),
                    text_id = table.Column<long>(type: "bigint", nullable: false),
                    medium = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    purpose = table.Column<short>(type: "smallint", nullable: false),
                    address = table.Column<string>(type: "text", nullable: true),
                    tier = table.Column<short>(type: "smallint", nullable: false),
                    place_name = table.Column<string>(type: "text", nullable: true),
                    accounts = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<short>(type: "smallint", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    attempts = table.Column<short>(type: "smallint", nullable: false),
                    step = table.Column<short>(type: "smallint", nullable: false),
                    step_due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    after_id = table.Column<long>(type: "bigint", nullable: true),
                    lease_owner = table.Column<string>(type: "text", nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    provider = table.Column<string>(type: "text", nullable: true),
                    provider_message_id = table.Column<string>(type: "text", nullable: true),
                    accepted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    delivered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deliveries_archive", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "delivery_recipients_archive",
                columns: table => new
                {
                    delivery_id = table.Column<long>(type: "bigint", nullable: false),
                    recipient_id = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_delivery_recipients_archive", x => new { x.delivery_id, x.recipient_id });
                });

            migrationBuilder.CreateTable(
                name: "receipts_archive",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    delivery_id = table.Column<long>(type: "bigint", nullable: false),
                    batch = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    state = table.Column<short>(type: "smallint", nullable: false),
                    detail = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_receipts_archive", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_rounds_unarchived",
                table: "rounds",
                column: "closed_at",
                filter: "archived_at IS NULL AND closed_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_rounds_unerased",
                table: "rounds",
                column: "closed_at",
                filter: "erased_at IS NULL AND closed_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_attempts_archive_batch",
                table: "attempts_archive",
                column: "batch");

            migrationBuilder.CreateIndex(
                name: "ix_attempts_archive_delivery_id",
                table: "attempts_archive",
                column: "delivery_id");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_archive_provider_message_id",
                table: "deliveries_archive",
                column: "provider_message_id",
                filter: "provider_message_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_archive_round_id_id",
                table: "deliveries_archive",
                columns: new[] { "round_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_delivery_recipients_archive_recipient_id_delivery_id",
                table: "delivery_recipients_archive",
                columns: new[] { "recipient_id", "delivery_id" });

            migrationBuilder.CreateIndex(
                name: "ix_receipts_archive_batch",
                table: "receipts_archive",
                column: "batch");

            migrationBuilder.CreateIndex(
                name: "ix_receipts_archive_delivery_id",
                table: "receipts_archive",
                column: "delivery_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // What was sent, and its proof, goes back where an older program looks for it.
            migrationBuilder.Sql("INSERT INTO attempts (id, delivery_id, batch, number, started_at, ended_at, provider, outcome, detail, provider_message_id, call_result, keys_pressed, seconds) SELECT id, delivery_id, batch, number, started_at, ended_at, provider, outcome, detail, provider_message_id, call_result, keys_pressed, seconds FROM attempts_archive");
            migrationBuilder.Sql("INSERT INTO deliveries (id, round_id, text_id, medium, purpose, address, tier, place_name, accounts, state, due_at, expires_at, attempts, step, step_due_at, after_id, lease_owner, lease_until, provider, provider_message_id, accepted_at, delivered_at, reason) SELECT id, round_id, text_id, medium, purpose, address, tier, place_name, accounts, state, due_at, expires_at, attempts, step, step_due_at, after_id, lease_owner, lease_until, provider, provider_message_id, accepted_at, delivered_at, reason FROM deliveries_archive");
            migrationBuilder.Sql("INSERT INTO delivery_recipients (delivery_id, recipient_id) SELECT delivery_id, recipient_id FROM delivery_recipients_archive");
            migrationBuilder.Sql("INSERT INTO receipts (id, delivery_id, batch, at, state, detail) SELECT id, delivery_id, batch, at, state, detail FROM receipts_archive");

            migrationBuilder.DropTable(
                name: "attempts_archive");

            migrationBuilder.DropTable(
                name: "deliveries_archive");

            migrationBuilder.DropTable(
                name: "delivery_recipients_archive");

            migrationBuilder.DropTable(
                name: "receipts_archive");

            migrationBuilder.DropIndex(
                name: "ix_rounds_unarchived",
                table: "rounds");

            migrationBuilder.DropIndex(
                name: "ix_rounds_unerased",
                table: "rounds");

            migrationBuilder.DropColumn(
                name: "archived_at",
                table: "rounds");

            migrationBuilder.DropColumn(
                name: "erased_at",
                table: "rounds");
        }
    }
}
