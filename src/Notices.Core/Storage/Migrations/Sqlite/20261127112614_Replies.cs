using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Notices.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Replies : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "organisation_id",
                table: "enquiries",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "phone",
                table: "enquiries",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "reply_id",
                table: "enquiries",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "replies",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    provider = table.Column<string>(type: "TEXT", nullable: false),
                    message_key = table.Column<string>(type: "TEXT", nullable: false),
                    sender = table.Column<string>(type: "TEXT", nullable: true),
                    body = table.Column<string>(type: "TEXT", nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false),
                    batch = table.Column<string>(type: "TEXT", nullable: true),
                    kind = table.Column<short>(type: "INTEGER", nullable: false),
                    delivery_id = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_replies", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "replies_archive",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false),
                    provider = table.Column<string>(type: "TEXT", nullable: false),
                    message_key = table.Column<string>(type: "TEXT", nullable: false),
                    sender = table.Column<string>(type: "TEXT", nullable: true),
                    body = table.Column<string>(type: "TEXT", nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false),
                    batch = table.Column<string>(type: "TEXT", nullable: true),
                    kind = table.Column<short>(type: "INTEGER", nullable: false),
                    delivery_id = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_replies_archive", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "reply_answers",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    reply_id = table.Column<long>(type: "INTEGER", nullable: false),
                    address = table.Column<string>(type: "TEXT", nullable: true),
                    via = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    medium = table.Column<string>(type: "TEXT", maxLength: 16, nullable: true),
                    language = table.Column<string>(type: "TEXT", nullable: false),
                    subject = table.Column<string>(type: "TEXT", nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    due_at = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false),
                    attempts = table.Column<short>(type: "INTEGER", nullable: false),
                    lease_owner = table.Column<string>(type: "TEXT", nullable: true),
                    lease_until = table.Column<long>(type: "INTEGER", nullable: true),
                    provider = table.Column<string>(type: "TEXT", nullable: true),
                    provider_message_id = table.Column<string>(type: "TEXT", nullable: true),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reply_answers", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_enquiries_organisation_id",
                table: "enquiries",
                column: "organisation_id");

            migrationBuilder.CreateIndex(
                name: "ix_enquiries_phone",
                table: "enquiries",
                column: "phone",
                filter: "phone IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_enquiries_reply_id",
                table: "enquiries",
                column: "reply_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_replies_batch",
                table: "replies",
                column: "batch");

            migrationBuilder.CreateIndex(
                name: "ix_replies_provider_message_key",
                table: "replies",
                columns: new[] { "provider", "message_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_replies_received_at",
                table: "replies",
                column: "received_at");

            migrationBuilder.CreateIndex(
                name: "ix_replies_sender",
                table: "replies",
                column: "sender",
                filter: "sender IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_replies_waiting",
                table: "replies",
                column: "id",
                filter: "batch IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_replies_archive_batch",
                table: "replies_archive",
                column: "batch");

            migrationBuilder.CreateIndex(
                name: "ix_replies_archive_sender",
                table: "replies_archive",
                column: "sender",
                filter: "sender IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_reply_answers_address_created_at",
                table: "reply_answers",
                columns: new[] { "address", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_reply_answers_due_at",
                table: "reply_answers",
                column: "due_at",
                filter: "state = 'Waiting'");

            migrationBuilder.CreateIndex(
                name: "ix_reply_answers_lease_until",
                table: "reply_answers",
                column: "lease_until",
                filter: "state = 'Claimed'");

            migrationBuilder.CreateIndex(
                name: "ix_reply_answers_reply_id",
                table: "reply_answers",
                column: "reply_id",
                unique: true);

            migrationBuilder.AddForeignKey(
                name: "fk_enquiries_organisations_organisation_id",
                table: "enquiries",
                column: "organisation_id",
                principalTable: "organisations",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_enquiries_organisations_organisation_id",
                table: "enquiries");

            migrationBuilder.DropTable(
                name: "replies");

            migrationBuilder.DropTable(
                name: "replies_archive");

            migrationBuilder.DropTable(
                name: "reply_answers");

            migrationBuilder.DropIndex(
                name: "ix_enquiries_organisation_id",
                table: "enquiries");

            migrationBuilder.DropIndex(
                name: "ix_enquiries_phone",
                table: "enquiries");

            migrationBuilder.DropIndex(
                name: "ix_enquiries_reply_id",
                table: "enquiries");

            migrationBuilder.DropColumn(
                name: "organisation_id",
                table: "enquiries");

            migrationBuilder.DropColumn(
                name: "phone",
                table: "enquiries");

            migrationBuilder.DropColumn(
                name: "reply_id",
                table: "enquiries");
        }
    }
}
