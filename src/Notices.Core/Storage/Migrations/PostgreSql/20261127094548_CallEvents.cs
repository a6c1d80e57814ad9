using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Notices.Storage.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class CallEvents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "call_events",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    delivery_id = table.Column<long>(type: "bigint", nullable: false),
                    batch = table.Column<string>(type: "text", nullable: false),
                    number = table.Column<short>(type: "smallint", nullable: false),
                    kind = table.Column<short>(type: "smallint", nullable: false),
                    part = table.Column<short>(type: "smallint", nullable: false),
                    value = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    seconds = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_call_events", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "call_events_archive",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    delivery_id = table.Column<long>(type: "bigint", nullable: false),
                    batch = table.Column<string>(type: "text", nullable: false),
                    number = table.Column<short>(type: "smallint", nullable: false),
                    kind = table.Column<short>(type: "smallint", nullable: false),
                    part = table.Column<short>(type: "smallint", nullable: false),
                    value = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    seconds = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_call_events_archive", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_calls",
                table: "deliveries",
                column: "expires_at",
                filter: "medium = 'Voice' AND state IN (3, 6)");

            migrationBuilder.CreateIndex(
                name: "ix_call_events_batch",
                table: "call_events",
                column: "batch");

            migrationBuilder.CreateIndex(
                name: "ix_call_events_delivery_id_number_kind_part_value",
                table: "call_events",
                columns: new[] { "delivery_id", "number", "kind", "part", "value" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_call_events_archive_batch",
                table: "call_events_archive",
                column: "batch");

            migrationBuilder.CreateIndex(
                name: "ix_call_events_archive_delivery_id",
                table: "call_events_archive",
                column: "delivery_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "call_events");

            migrationBuilder.DropTable(
                name: "call_events_archive");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_calls",
                table: "deliveries");
        }
    }
}
