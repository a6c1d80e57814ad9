using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Notices.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Subscribing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<string>(
                name: "address",
                table: "subscriptions",
                type: "TEXT",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "TEXT");

            migrationBuilder.AddColumn<string>(
                name: "code_digest",
                table: "subscriptions",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "organisation_id",
                table: "subscriptions",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "token_digest",
                table: "subscriptions",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "wrong_codes",
                table: "subscriptions",
                type: "INTEGER",
                nullable: false,
                defaultValue: (short)0);

            migrationBuilder.CreateTable(
                name: "subscription_deliveries",
                columns: table => new
                {
                    delivery_id = table.Column<long>(type: "INTEGER", nullable: false),
                    telling_id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_subscription_deliveries", x => new { x.delivery_id, x.telling_id });
                });

            migrationBuilder.CreateTable(
                name: "subscription_messages",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    subscription_id = table.Column<long>(type: "INTEGER", nullable: false),
                    address_digest = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
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
                    table.PrimaryKey("pk_subscription_messages", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "subscription_tellings",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    round_id = table.Column<long>(type: "INTEGER", nullable: false),
                    subscription_id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_subscription_tellings", x => x.id);
                    table.ForeignKey(
                        name: "fk_subscription_tellings_rounds_round_id",
                        column: x => x.round_id,
                        principalTable: "rounds",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_subscriptions_requested_at",
                table: "subscriptions",
                column: "requested_at",
                filter: "confirmed_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_subscriptions_token_digest",
                table: "subscriptions",
                column: "token_digest",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_subscription_deliveries_telling_id",
                table: "subscription_deliveries",
                column: "telling_id");

            migrationBuilder.CreateIndex(
                name: "ix_subscription_messages_address_digest_created_at",
                table: "subscription_messages",
                columns: new[] { "address_digest", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_subscription_messages_due_at",
                table: "subscription_messages",
                column: "due_at",
                filter: "state = 'Waiting'");

            migrationBuilder.CreateIndex(
                name: "ix_subscription_messages_lease_until",
                table: "subscription_messages",
                column: "lease_until",
                filter: "state = 'Claimed'");

            migrationBuilder.CreateIndex(
                name: "ix_subscription_tellings_round_id_subscription_id",
                table: "subscription_tellings",
                columns: new[] { "round_id", "subscription_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_subscription_tellings_subscription_id",
                table: "subscription_tellings",
                column: "subscription_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "subscription_deliveries");

            migrationBuilder.DropTable(
                name: "subscription_messages");

            migrationBuilder.DropTable(
                name: "subscription_tellings");

            migrationBuilder.DropIndex(
                name: "ix_subscriptions_requested_at",
                table: "subscriptions");

            migrationBuilder.DropIndex(
                name: "ix_subscriptions_token_digest",
                table: "subscriptions");

            migrationBuilder.DropColumn(
                name: "code_digest",
                table: "subscriptions");

            migrationBuilder.DropColumn(
                name: "organisation_id",
                table: "subscriptions");

            migrationBuilder.DropColumn(
                name: "token_digest",
                table: "subscriptions");

            migrationBuilder.DropColumn(
                name: "wrong_codes",
                table: "subscriptions");

            migrationBuilder.AlterColumn<string>(
                name: "address",
                table: "subscriptions",
                type: "TEXT",
                nullable: false,
                defaultValue: "",
                oldClrType: typeof(string),
                oldType: "TEXT",
                oldNullable: true);
        }
    }
}
