using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Notices.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ProviderLimits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "provider_allowances",
                columns: table => new
                {
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    free_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_provider_allowances", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "provider_places",
                columns: table => new
                {
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    worker = table.Column<string>(type: "TEXT", nullable: false),
                    held = table.Column<int>(type: "INTEGER", nullable: false),
                    wanted = table.Column<int>(type: "INTEGER", nullable: false),
                    until = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_provider_places", x => new { x.key, x.worker });
                });

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_unconfirmed",
                table: "deliveries",
                column: "due_at",
                filter: "state = 3 AND due_at < expires_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "provider_allowances");

            migrationBuilder.DropTable(
                name: "provider_places");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_unconfirmed",
                table: "deliveries");
        }
    }
}
