using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Notices.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class DispatchLanes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_delivery_recipients_recipient_id",
                table: "delivery_recipients");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_due",
                table: "deliveries");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_provider_message",
                table: "deliveries");

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
                name: "ix_deliveries_waiting",
                table: "deliveries",
                columns: new[] { "tier", "round_id", "medium", "due_at" },
                filter: "state = 4");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_delivery_recipients_recipient_id_delivery_id",
                table: "delivery_recipients");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_message",
                table: "deliveries");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_waiting",
                table: "deliveries");

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
